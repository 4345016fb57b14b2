//! Who may do what in a conversation: an extension of the group context, so that all members hold
//! the same roles and a commit that breaks them is refused by each.

use sotto_core::cbor::{ArrayWriter, Fields, MapWriter};
use sotto_core::identity::IdentityKey;

use super::FormatError;

const MAX_ADMINS: usize = 64;
const MAX_NAME: usize = 512;

/// Whose a right is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Of those who are named.
    Admins,
    /// Of every member.
    Everybody,
}

/// What kind of conversation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Two people, for good: nobody is added or removed but their own devices.
    Pair,
    /// Any number.
    Group,
}

/// `{1 scope, 2 [admins], 3 who may add, 4 who may remove, 5? name}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Two people or a group.
    pub scope: Scope,
    /// Who may change the roles, and what [`Right::Admins`] means. Ascending.
    pub admins: Vec<IdentityKey>,
    /// Who may add people.
    pub add: Right,
    /// Who may remove people other than themselves.
    pub remove: Right,
    /// The group's name.
    pub name: Option<String>,
}

/// Why a commit is refused: which rule it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It comes from outside the group.
    Outsider,
    /// It holds a proposal that sessions do not know, or one by reference.
    Proposal,
    /// A leaf's credential does not verify, is of another group or key.
    Leaf,
    /// A leaf would change hands.
    OtherIdentity,
    /// The device is in the tree already.
    SameDevice,
    /// Whoever adds may not.
    MayNotAdd,
    /// Whoever removes may not.
    MayNotRemove,
    /// Whoever changes the roles may not, or the new roles are none.
    MayNotChange,
}

impl Roles {
    /// The roles of a conversation of two.
    #[must_use]
    pub const fn pair() -> Self {
        Self {
            scope: Scope::Pair,
            admins: Vec::new(),
            add: Right::Admins,
            remove: Right::Admins,
            name: None,
        }
    }

    /// The roles of a group that `founder` makes: everybody adds, the founder removes.
    #[must_use]
    pub fn group(founder: IdentityKey, name: Option<String>) -> Self {
        Self {
            scope: Scope::Group,
            admins: vec![founder],
            add: Right::Everybody,
            remove: Right::Admins,
            name,
        }
    }

    /// Whether `who` has a right.
    #[must_use]
    pub fn has(&self, who: &IdentityKey, right: Right) -> bool {
        match right {
            Right::Everybody => true,
            Right::Admins => self.admins.contains(who),
        }
    }

    /// The bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut admins = self.admins.clone();
        admins.sort_unstable();
        let admins = admins
            .iter()
            .fold(ArrayWriter::new(), |array, key| array.bytes(key.as_bytes()));
        MapWriter::new()
            .uint(1, u64::from(self.scope == Scope::Group))
            .array(2, &admins)
            .uint(3, right(self.add))
            .uint(4, right(self.remove))
            .text_if(5, self.name.as_deref())
            .finish()
    }

    /// Reads them.
    ///
    /// # Errors
    /// [`FormatError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut fields = Fields::parse(bytes, 1..=5)?;
        let scope = match fields.require(1)?.uint()? {
            0 => Scope::Pair,
            1 => Scope::Group,
            _ => return Err(FormatError::Range),
        };
        let items = fields.require(2)?.items(MAX_ADMINS)?;
        let admin = |item: &sotto_core::cbor::Field<'_>| {
            IdentityKey::parse(item.bytes()?).map_err(|_| FormatError::Range)
        };
        let admins: Vec<_> = items.iter().map(admin).collect::<Result<_, _>>()?;
        if !admins.is_sorted_by(|a, b| a < b) {
            return Err(FormatError::Range);
        }
        Ok(Self {
            scope,
            admins,
            add: whose(fields.require(3)?.uint()?)?,
            remove: whose(fields.require(4)?.uint()?)?,
            name: match fields.take(5) {
                Some(name) => Some(name.text_up_to(MAX_NAME)?.to_owned()),
                None => None,
            },
        })
    }
}

fn right(right: Right) -> u64 {
    u64::from(right == Right::Everybody)
}

fn whose(number: u64) -> Result<Right, FormatError> {
    match number {
        0 => Ok(Right::Admins),
        1 => Ok(Right::Everybody),
        _ => Err(FormatError::Range),
    }
}
