//! For whom held files would be sealed.

use sotto_protocol::TimestampMs;
use sotto_protocol::desk::PageAddress;
use sotto_protocol::shell::guard::{Chosen, GuardRule, GuardSheet};
use sotto_protocol::view::PageField;

use super::{KeptRecipients, checked_site, kept_key};
use crate::app::AppError;
use crate::app::desk::Desk;
use crate::app::draft::{Draft, MAX_RECIPIENTS};
use crate::app::drafts::{blank, suggestions};
use crate::contacts::ContactId;

/// A further pick on the same page is for the same people for two minutes.
const KEPT_MS: u64 = 120_000;

/// Contact ids as a surface knows them.
pub(in crate::app) fn ids_of(contacts: &[ContactId]) -> Vec<String> {
    contacts.iter().map(ContactId::to_string).collect()
}

impl Desk {
    /// Recipients stand in this order: what the person chose, those of the last pick on this page,
    /// those of the rule, those whom the page's fields name. Only the known and ready are chosen
    /// without the person.
    pub(in crate::app) fn guard_sheet(
        &mut self,
        site: &str,
        tab: u32,
        addresses: &[PageAddress],
        chosen: Option<Chosen>,
        now: TimestampMs,
    ) -> Result<GuardSheet, AppError> {
        let guard = self.guard_of(checked_site(site)?)?;
        self.guard_kept.retain(|kept| kept.until > now);
        let mut draft = blank([0; 16], now);
        // A letter in Bcc is a letter of its own; files that a site takes once are not.
        let named = addresses
            .iter()
            .filter(|one| one.field != PageField::Bcc)
            .cloned();
        draft.suggested = suggestions(&named.collect::<Vec<_>>());
        let (kept, decided) = match chosen {
            Some(chosen) => {
                self.choose(&mut draft, chosen)?;
                (false, true)
            }
            None => self.preselect_files(&mut draft, site, tab, now)?,
        };
        let around = self.around(now)?;
        let plan = draft.plan(&around);
        let recipients = draft.recipients(&around);
        let chosen: Vec<_> = recipients.iter().filter(|one| one.chosen).collect();
        let mixed = draft.mixed(&chosen, &around);
        let to = chosen
            .iter()
            .filter_map(|one| Some(one.contact.as_ref()?.id.clone()));
        Ok(GuardSheet {
            at_once: decided && plan.blocked_by.is_none() && guard.rule == GuardRule::Always,
            guard,
            to: to.collect(),
            apart: ids_of(&plan.apart),
            mixed,
            recipients,
            seal_for: plan.names,
            blocked_by: plan.blocked_by,
            kept,
        })
    }

    fn choose(&self, draft: &mut Draft, chosen: Chosen) -> Result<(), AppError> {
        let count = chosen.to.len().max(chosen.addresses.len());
        if count > MAX_RECIPIENTS {
            return Err(AppError::TooLong { len: count });
        }
        let ids = chosen.to.iter().map(|id| self.known_id(id));
        draft.to = ids.collect::<Result<_, _>>()?;
        draft.addresses = chosen.addresses;
        draft.classical = chosen.classical;
        Ok(())
    }

    /// Whether the recipients are kept, and whether anybody has decided on them at all.
    fn preselect_files(
        &self,
        draft: &mut Draft,
        site: &str,
        tab: u32,
        now: TimestampMs,
    ) -> Result<(bool, bool), AppError> {
        let last = self.guard_kept.get(&kept_key(tab));
        if let Some(kept) = last.filter(|kept| kept.site == site) {
            draft.to.clone_from(&kept.to);
            return Ok((true, true));
        }
        let rule = self.rule_of(site);
        if rule.rule == GuardRule::Always {
            draft.to = rule.always_for;
            return Ok((false, true));
        }
        draft.preselect(&self.around(now)?);
        Ok((false, false))
    }

    /// Files were sealed for these people on this page.
    pub(in crate::app) fn keep_recipients(
        &mut self,
        site: &str,
        tab: u32,
        to: &[String],
        now: TimestampMs,
    ) -> Result<(), AppError> {
        let site = checked_site(site)?.to_owned();
        if to.len() > MAX_RECIPIENTS {
            return Err(AppError::TooLong { len: to.len() });
        }
        let ids = to.iter().map(|id| self.known_id(id));
        let to: Vec<ContactId> = ids.collect::<Result<_, _>>()?;
        self.guard_kept.retain(|kept| kept.until > now);
        self.guard_kept.put(KeptRecipients {
            tab,
            site,
            to,
            until: TimestampMs(now.0.saturating_add(KEPT_MS)),
        });
        Ok(())
    }
}
