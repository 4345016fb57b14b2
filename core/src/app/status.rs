//! The one view model that every surface shares.

use sotto_protocol::TimestampMs;
use sotto_protocol::view::{Due, Settings, Status, VaultState};

use super::desk::Desk;
use super::{App, AppError};

impl App {
    /// What every surface may know now.
    ///
    /// # Errors
    /// [`AppError::RowDamaged`] when the own record is gone.
    pub fn status(&self, now: TimestampMs) -> Result<Status, AppError> {
        match &self.desk {
            Some(desk) => desk.status(self.epoch, now),
            None => Ok(Status {
                veiled: self.veil.is_some(),
                settings: self
                    .veil
                    .as_ref()
                    .map_or_else(Settings::default, |veil| Settings {
                        lock_with_screen: veil.lock_with_screen,
                        ..Settings::default()
                    }),
                ..closed_status(self.epoch, self.has_identity())
            }),
        }
    }
}

fn closed_status(epoch: u32, has_identity: bool) -> Status {
    Status {
        epoch,
        vault: if has_identity {
            VaultState::Locked
        } else {
            VaultState::Missing
        },
        veiled: false,
        me: None,
        due: Due {
            kit: false,
            kit_now: false,
            kit_letters_left: 0,
            backup: false,
        },
        settings: Settings::default(),
        contacts: 0,
        ready_drafts: Vec::new(),
    }
}

impl Desk {
    fn status(&self, epoch: u32, now: TimestampMs) -> Result<Status, AppError> {
        let around = self.around(now)?;
        let ready = self
            .drafts
            .iter()
            .filter(|draft| draft.has_waited && draft.is_ready(&around));
        let in_force = self
            .book
            .rows
            .iter()
            .filter(|contact| contact.is_in_force());
        Ok(Status {
            epoch,
            vault: VaultState::Unlocked,
            veiled: false,
            me: Some(self.me()?),
            due: self.profile()?.due(now),
            settings: self.settings(),
            contacts: count(in_force).saturating_add(count(self.book.keys.iter())),
            ready_drafts: ready.map(|draft| draft.brief(&around)).collect(),
        })
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}
