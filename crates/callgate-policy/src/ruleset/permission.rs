//! Owns the permissions of `tx` entries: what an operation needs, what an entry gives.

use callgate_eth::OperationKind;

/// One permission of a `tx` entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Permission {
    /// `call`: executing without changing state.
    Call = 1,
    /// `estimate`: gas and access lists.
    Estimate = 1 << 1,
    /// `trace`: executing with a trace.
    Trace = 1 << 2,
    /// `raw`: submitting what is signed already.
    Raw = 1 << 3,
    /// `send`: having the node sign and submit.
    Send = 1 << 4,
    /// `sign`: having the node sign.
    Sign = 1 << 5,
    /// `create`: beside the above, for contract creation.
    Create = 1 << 6,
    /// `private`: beside the above, for private transactions.
    Private = 1 << 7,
    /// `overrides`: beside the above, for state and block overrides.
    Overrides = 1 << 8,
    /// `userop`: submitting user operations (ERC-4337).
    Userop = 1 << 9,
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Permissions(u16);

impl Permission {
    /// Every permission, in the order in which a lack of them is told.
    pub(crate) const ALL: [Self; 10] = [
        Self::Call,
        Self::Estimate,
        Self::Trace,
        Self::Raw,
        Self::Send,
        Self::Sign,
        Self::Userop,
        Self::Create,
        Self::Private,
        Self::Overrides,
    ];

    /// The key in the policy.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Estimate => "estimate",
            Self::Trace => "trace",
            Self::Raw => "raw",
            Self::Send => "send",
            Self::Sign => "sign",
            Self::Create => "create",
            Self::Private => "private",
            Self::Overrides => "overrides",
            Self::Userop => "userop",
        }
    }

    /// The permission an operation of this kind needs at least.
    pub(crate) fn for_kind(kind: OperationKind) -> Self {
        match kind {
            OperationKind::Call => Self::Call,
            OperationKind::Estimate => Self::Estimate,
            OperationKind::Trace => Self::Trace,
            OperationKind::Raw => Self::Raw,
            OperationKind::Send => Self::Send,
            OperationKind::Sign => Self::Sign,
            OperationKind::Userop => Self::Userop,
        }
    }
}

impl Permissions {
    /// This set and one more.
    pub(crate) fn with(self, permission: Permission) -> Self {
        Self(self.0 | permission as u16)
    }

    /// Whether the permission is in the set.
    pub(crate) fn contains(self, permission: Permission) -> bool {
        self.0 & permission as u16 != 0
    }

    /// The first permission of this set that `given` lacks.
    pub(crate) fn first_lacking(self, given: Self) -> Option<Permission> {
        let lacking = self.0 & !given.0;
        Permission::ALL
            .into_iter()
            .find(|permission| lacking & *permission as u16 != 0)
    }

    /// The permissions in the set.
    pub(crate) fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL
            .into_iter()
            .filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<T: IntoIterator<Item = Permission>>(list: T) -> Self {
        list.into_iter().fold(Self::default(), Self::with)
    }
}
