//! The table of requests: which job answers which.

use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;
use sotto_protocol::desk::{DeskReply, DeskRequest};

use super::desk::Desk;
use super::{App, AppError, KdfResult, drafts, settings};

impl App {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the desk's own table is complete: a new request does not compile there"
    )]
    pub(super) fn answer(
        &mut self,
        request: DeskRequest,
        keys: &[KdfResult],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<DeskReply, AppError> {
        match request {
            DeskRequest::Status {} => Ok(DeskReply::Status {
                status: self.status(now)?,
            }),
            DeskRequest::Create { name, address, .. } => {
                self.create(&name, &address, keys, now, rng)?;
                Ok(DeskReply::Create {
                    status: self.status(now)?,
                })
            }
            DeskRequest::Restore {
                words,
                name,
                address,
                ..
            } => {
                self.restore(&words, &name, &address, keys, now, rng)?;
                Ok(DeskReply::Restore {
                    status: self.status(now)?,
                })
            }
            DeskRequest::DeleteIdentity { name } => {
                self.delete_identity(&name)?;
                Ok(DeskReply::DeleteIdentity {
                    status: self.status(now)?,
                })
            }
            DeskRequest::Unlock { .. } => {
                self.unlock(keys, rng)?;
                Ok(DeskReply::Unlock {
                    status: self.status(now)?,
                })
            }
            DeskRequest::Lock {} => {
                self.lock()?;
                Ok(DeskReply::Lock {
                    status: self.status(now)?,
                })
            }
            DeskRequest::ChangePassphrase { .. } => {
                self.change_passphrase(keys, rng)?;
                Ok(DeskReply::ChangePassphrase {})
            }
            DeskRequest::SealWithPassword { id, .. } => {
                let text = self.desk()?.seal_with_password(&id, keys, rng)?;
                Ok(DeskReply::SealWithPassword { text })
            }
            DeskRequest::OpenWithPassword { text, source, .. } => {
                let letter = self.desk()?.open_with_password(&text, &source, keys)?;
                Ok(DeskReply::OpenWithPassword { letter })
            }
            DeskRequest::SuggestPassphrase {} => Ok(settings::suggest_passphrase(rng)),
            DeskRequest::RecoveryWords { .. } => self.recovery_words(keys, rng),
            DeskRequest::ExportIdentity { .. } => self.export_identity(keys),
            DeskRequest::RotateKeys { .. } => {
                self.rotate_keys(keys, now)?;
                Ok(DeskReply::RotateKeys {
                    status: self.status(now)?,
                })
            }
            DeskRequest::RecoveryCheck { answers } => {
                self.desk()?.recovery_check(&answers, now)?;
                Ok(DeskReply::RecoveryCheck {
                    status: self.status(now)?,
                })
            }
            DeskRequest::SetSettings { settings } => {
                self.desk()?.set_settings(settings)?;
                Ok(DeskReply::SetSettings {
                    status: self.status(now)?,
                })
            }
            DeskRequest::PageLeft { tab } => {
                self.page_left(tab);
                Ok(DeskReply::PageLeft {})
            }
            request => self.desk()?.answer(request, now, rng),
        }
    }
}

impl Desk {
    /// Answers what needs an unlocked vault and nothing else.
    #[expect(
        clippy::too_many_lines,
        reason = "a table of requests, one line or two each"
    )]
    pub(super) fn answer(
        &mut self,
        request: DeskRequest,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<DeskReply, AppError> {
        match request {
            DeskRequest::MakeBackup {} => self.make_backup(now, rng),
            DeskRequest::RestoreBackup { text } => self.restore_backup(&text, now),
            DeskRequest::Contacts { query } => Ok(self.contacts(&query)),
            DeskRequest::Contact { id } => {
                let contact = self.show_contact(id.parse()?)?;
                Ok(DeskReply::Contact { contact })
            }
            DeskRequest::OwnCard {} => self.own_card(),
            DeskRequest::LookAtCards { text } => Ok(DeskReply::LookAtCards {
                cards: self.look_at_cards(&text, now)?,
            }),
            DeskRequest::AcceptCard { card, verdict } => self.accept_card(&card, verdict, now),
            DeskRequest::AddKey { key, name, address } => self.add_key(&key, &name, &address, now),
            DeskRequest::AcceptChange { id } => {
                let contact = self.accept_change(&id, now)?;
                Ok(DeskReply::AcceptChange { contact })
            }
            DeskRequest::Compared { id } => {
                let contact = self.compared(&id, now)?;
                Ok(DeskReply::Compared { contact })
            }
            DeskRequest::ComparedCode { id, code } => {
                let contact = self.compared_code(&id, &code, now)?;
                Ok(DeskReply::ComparedCode { contact })
            }
            DeskRequest::DecideChange { id, take } => {
                let contact = self.decide_change(&id, take, now)?;
                Ok(DeskReply::DecideChange { contact })
            }
            DeskRequest::Block { id, blocked } => {
                let contact = self.block(&id, blocked, now)?;
                Ok(DeskReply::Block { contact })
            }
            DeskRequest::ForgetContact { id } => {
                self.forget_contact(&id, now)?;
                Ok(DeskReply::ForgetContact {})
            }
            DeskRequest::UndoForget {} => {
                let contact = self.undo_forget(now)?;
                Ok(DeskReply::UndoForget { contact })
            }
            DeskRequest::Invite { address, locale } => {
                let text = self.invite(&address, &locale, now)?;
                Ok(DeskReply::Invite { text })
            }
            DeskRequest::Compose {
                context,
                to,
                reply_to,
                private,
            } => {
                let draft = self.compose(context, &to, reply_to.as_deref(), private, now, rng)?;
                Ok(DeskReply::Compose { draft })
            }
            DeskRequest::OpenDraft { id } => {
                let draft = self.show_draft(&id, now)?;
                Ok(DeskReply::OpenDraft { draft })
            }
            DeskRequest::SaveDraft {
                id,
                to,
                addresses,
                subject,
                text,
                form,
            } => {
                let change = drafts::DraftChange {
                    to,
                    addresses,
                    subject,
                    text,
                    form,
                };
                let draft = self.save_draft(&id, change, now)?;
                Ok(DeskReply::SaveDraft { draft })
            }
            DeskRequest::DecideBcc {
                id,
                address,
                next_letter,
            } => {
                let draft = self.decide_bcc(&id, &address, next_letter, now)?;
                Ok(DeskReply::DecideBcc { draft })
            }
            DeskRequest::DecideClassical { id, choice } => {
                let draft = self.decide_classical(&id, choice, now)?;
                Ok(DeskReply::DecideClassical { draft })
            }
            DeskRequest::Drafts {} => Ok(DeskReply::Drafts {
                drafts: self.all_drafts(now)?,
            }),
            DeskRequest::DiscardDraft { id } => {
                self.discard_draft(&id)?;
                Ok(DeskReply::DiscardDraft {})
            }
            DeskRequest::UndoDiscard {} => {
                let draft = self.undo_discard(now)?;
                Ok(DeskReply::UndoDiscard { draft })
            }
            DeskRequest::Seal { id, seal_for } => {
                let sealed = self.seal(&id, &seal_for, now, rng)?;
                Ok(DeskReply::Seal { sealed })
            }
            DeskRequest::Sent { id } => {
                self.sent(&id)?;
                Ok(DeskReply::Sent {})
            }
            DeskRequest::Park {
                text,
                site,
                names,
                private,
            } => {
                let parked = self.park(text, &site, names, private, now, rng)?;
                Ok(DeskReply::Park { parked })
            }
            DeskRequest::ParkedFor { site } => Ok(DeskReply::ParkedFor {
                parked: self.parked_for(&site, now),
            }),
            DeskRequest::Unpark { id } => {
                self.unpark(&id)?;
                Ok(DeskReply::Unpark {})
            }
            DeskRequest::PlanFiles {
                to,
                addresses,
                classical,
            } => {
                let plan = self.plan_files(&to, addresses, classical, now)?;
                Ok(DeskReply::PlanFiles { plan })
            }
            DeskRequest::Open {
                text,
                source,
                reveal,
            } => {
                let letter = self.open_letter(&text, &source, reveal, false, now)?;
                Ok(DeskReply::Open { letter })
            }
            DeskRequest::OpenedOn { tab } => Ok(DeskReply::OpenedOn {
                letters: self.opened_on(tab),
            }),
            DeskRequest::GuardOf { site } => Ok(DeskReply::GuardOf {
                guard: self.guard_of(&site)?,
            }),
            DeskRequest::Guards {} => Ok(DeskReply::Guards {
                guards: self.all_guards(),
            }),
            DeskRequest::SetGuard {
                site,
                rule,
                always_for,
            } => Ok(DeskReply::SetGuard {
                guard: self.set_guard(&site, rule, &always_for)?,
            }),
            DeskRequest::ExemptField {
                site,
                field,
                exempt,
            } => Ok(DeskReply::ExemptField {
                guard: self.exempt_field(&site, &field, exempt)?,
            }),
            DeskRequest::NameFiles { site, naming } => Ok(DeskReply::NameFiles {
                guard: self.name_files(&site, naming)?,
            }),
            DeskRequest::GuardSheet {
                site,
                tab,
                addresses,
                chosen,
            } => Ok(DeskReply::GuardSheet {
                sheet: self.guard_sheet(&site, tab, &addresses, chosen, now)?,
            }),
            DeskRequest::GuardSealed { site, tab, to } => {
                self.keep_recipients(&site, tab, &to, now)?;
                Ok(DeskReply::GuardSealed {})
            }
            DeskRequest::SendUnsealed { hold, site, names } => Ok(DeskReply::SendUnsealed {
                pass: self.send_unsealed(&hold, &site, names, now, rng)?,
            }),
            DeskRequest::SpendPass {
                hold,
                site,
                names,
                pass,
            } => {
                self.spend_pass(&hold, &site, &names, &pass, now)?;
                Ok(DeskReply::SpendPass {})
            }
            DeskRequest::Status {}
            | DeskRequest::Create { .. }
            | DeskRequest::Restore { .. }
            | DeskRequest::DeleteIdentity { .. }
            | DeskRequest::Unlock { .. }
            | DeskRequest::Lock {}
            | DeskRequest::ChangePassphrase { .. }
            | DeskRequest::SealWithPassword { .. }
            | DeskRequest::OpenWithPassword { .. }
            | DeskRequest::SuggestPassphrase {}
            | DeskRequest::RecoveryWords { .. }
            | DeskRequest::ExportIdentity { .. }
            | DeskRequest::RotateKeys { .. }
            | DeskRequest::RecoveryCheck { .. }
            | DeskRequest::SetSettings { .. }
            | DeskRequest::PageLeft { .. } => Err(AppError::Defect("answered before the desk")),
        }
    }
}
