//! The upload guard: what it does on which site, for whom held files would be sealed, and the one
//! way on which a file leaves unsealed.

mod record;
mod sheet;
mod unsealed;

pub(super) use record::{KeptRecipients, SiteRule, kept_key};
pub(super) use sheet::ids_of;
pub(super) use unsealed::Pass;

use sotto_protocol::files::FileNaming;
use sotto_protocol::shell::guard::{GuardRule, SiteGuard};

use super::AppError;
use super::desk::Desk;
use super::draft::MAX_RECIPIENTS;
use crate::contacts::{ContactId, show_brief};

/// Sites with a rule, and exempt fields of one site: more is no person's doing.
const MAX_SITES: usize = 512;
const MAX_FIELDS: usize = 64;
const MAX_SITE_LEN: usize = 300;
const MAX_FIELD_LEN: usize = 200;

/// An origin of the web as the browser writes it, or nothing.
fn checked_site(site: &str) -> Result<&str, AppError> {
    let rest = site
        .strip_prefix("https://")
        .or_else(|| site.strip_prefix("http://"));
    let is_host = |host: &str| {
        !host.is_empty()
            && host
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'/')
    };
    if site.len() <= MAX_SITE_LEN && rest.is_some_and(is_host) {
        Ok(site)
    } else {
        Err(AppError::Setting)
    }
}

impl Desk {
    fn rule_of(&self, site: &str) -> SiteRule {
        self.guards
            .get(site.as_bytes())
            .cloned()
            .unwrap_or_else(|| SiteRule::none(site))
    }

    /// A rule that says nothing is no row.
    fn put_rule(&mut self, rule: SiteRule) -> Result<(), AppError> {
        let says_nothing = rule.rule == GuardRule::Off
            && rule.exempt.is_empty()
            && rule.naming == FileNaming::Word;
        if says_nothing {
            self.guards.remove(rule.site.as_bytes());
            return Ok(());
        }
        let is_new = self.guards.get(rule.site.as_bytes()).is_none();
        if is_new && self.guards.len() >= MAX_SITES {
            return Err(AppError::TooLong { len: MAX_SITES });
        }
        self.guards.put(rule);
        Ok(())
    }

    pub(super) fn guard_of(&self, site: &str) -> Result<SiteGuard, AppError> {
        Ok(self.show_guard(&self.rule_of(checked_site(site)?)))
    }

    pub(super) fn all_guards(&self) -> Vec<SiteGuard> {
        let mut guards: Vec<_> = self
            .guards
            .iter()
            .map(|rule| self.show_guard(rule))
            .collect();
        guards.sort_by(|a, b| a.site.cmp(&b.site));
        guards
    }

    /// *Always* without anybody to seal for is refused: it could only hold.
    pub(super) fn set_guard(
        &mut self,
        site: &str,
        rule: GuardRule,
        always_for: &[String],
    ) -> Result<SiteGuard, AppError> {
        let mut known = self.rule_of(checked_site(site)?);
        if always_for.len() > MAX_RECIPIENTS {
            return Err(AppError::TooLong {
                len: always_for.len(),
            });
        }
        let ids = always_for.iter().map(|id| self.known_id(id));
        known.always_for = ids.collect::<Result<_, _>>()?;
        known.rule = rule;
        if rule == GuardRule::Always && known.always_for.is_empty() {
            return Err(AppError::Unsealable(sotto_protocol::ErrorCode::NoRecipient));
        }
        if rule != GuardRule::Always {
            known.always_for.clear();
        }
        self.put_rule(known)?;
        self.guard_of(site)
    }

    pub(super) fn exempt_field(
        &mut self,
        site: &str,
        field: &str,
        exempt: bool,
    ) -> Result<SiteGuard, AppError> {
        let mut known = self.rule_of(checked_site(site)?);
        known.exempt.retain(|other| other != field);
        if exempt {
            let too_long = field.len() > MAX_FIELD_LEN || known.exempt.len() >= MAX_FIELDS;
            // A field without a name cannot be told from others.
            if field.is_empty() || too_long {
                return Err(AppError::TooLong { len: field.len() });
            }
            known.exempt.push(field.to_owned());
        }
        self.put_rule(known)?;
        self.guard_of(site)
    }

    pub(super) fn name_files(
        &mut self,
        site: &str,
        naming: FileNaming,
    ) -> Result<SiteGuard, AppError> {
        let mut known = self.rule_of(checked_site(site)?);
        known.naming = naming;
        self.put_rule(known)?;
        self.guard_of(site)
    }

    fn show_guard(&self, rule: &SiteRule) -> SiteGuard {
        let brief = |id: &ContactId| {
            if *id == ContactId::of(&self.own) {
                return self.my_brief().ok();
            }
            self.book.get(*id).ok().map(show_brief)
        };
        SiteGuard {
            site: rule.site.clone(),
            rule: rule.rule,
            always_for: rule.always_for.iter().filter_map(brief).collect(),
            exempt: rule.exempt.clone(),
            naming: rule.naming,
        }
    }

    /// The contact goes on under another key: the person has decided so.
    pub(super) fn replace_guarded(&mut self, old: ContactId, new: ContactId) {
        let of_old = self
            .guards
            .iter()
            .filter(|rule| rule.always_for.contains(&old));
        let sites: Vec<_> = of_old.map(|rule| rule.site.clone()).collect();
        for site in sites {
            if let Some(rule) = self.guards.edit(site.as_bytes()) {
                let same = rule.always_for.iter_mut().filter(|id| **id == old);
                same.for_each(|id| *id = new);
            }
        }
    }
}
