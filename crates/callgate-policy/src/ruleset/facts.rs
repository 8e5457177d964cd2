//! Owns the facts of one operation, as rules look at them: cheap to read, the sender on demand.

use alloy_primitives::{Address, U256};
use callgate_eth::{Authorization, Operation, To, TransactionType};

use super::permission::{Permission, Permissions};

/// What rules may ask about an operation.
pub(crate) struct Facts<'o> {
    pub(crate) to: To,
    pub(crate) selector: Option<[u8; 4]>,
    /// Its calldata is hidden, so that not even what has no selector is known about it.
    pub(crate) hides_calldata: bool,
    /// None where nobody can tell.
    pub(crate) value: Option<U256>,
    pub(crate) gas: Option<u64>,
    pub(crate) transaction_type: TransactionType,
    /// Neither a message nor a user operation.
    pub(crate) is_transaction: bool,
    pub(crate) protected: bool,
    pub(crate) blobs: usize,
    pub(crate) authorizations: &'o [Authorization],
    pub(crate) needs: Permissions,
    sender: Sender<'o>,
}

/// A signature from which no account comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unrecoverable;

enum Sender<'o> {
    /// Recovered by the operation on first use, and remembered there.
    Asked(&'o Operation<'o>),
    #[cfg(test)]
    Known(Result<Address, Unrecoverable>),
}

impl<'o> Facts<'o> {
    /// The facts of an operation. Recovers nothing.
    pub(crate) fn of(operation: &'o Operation<'o>) -> Self {
        let to = operation.to();
        let needs = Permissions::default().with(Permission::for_kind(operation.kind()));
        let also = |needs: Permissions, condition, permission| if condition { needs.with(permission) } else { needs };
        let needs = also(needs, operation.creates(), Permission::Create);
        let needs = also(needs, operation.is_private(), Permission::Private);
        let needs = also(needs, operation.has_overrides(), Permission::Overrides);
        Self {
            to,
            selector: operation.selector(),
            hides_calldata: operation.hides_calldata(),
            value: operation.value(),
            gas: operation.gas(),
            transaction_type: operation.transaction_type(),
            is_transaction: operation.is_transaction(),
            protected: operation.is_protected(),
            blobs: operation.blob_count(),
            authorizations: operation.authorizations(),
            needs,
            sender: Sender::Asked(operation),
        }
    }

    /// The account that acts: given in objects, recovered from raw transactions.
    pub(crate) fn sender(&self) -> Result<Address, Unrecoverable> {
        match &self.sender {
            Sender::Asked(operation) => operation.sender().map_err(|_| Unrecoverable),
            #[cfg(test)]
            Sender::Known(sender) => *sender,
        }
    }

    /// The contract or account called; none for a creation and for a message that is signed.
    pub(crate) fn callee(&self) -> Option<Address> {
        match self.to {
            To::Address(address) => Some(address),
            To::Create | To::None | To::Node => None,
        }
    }

    /// Whether this is a message to sign.
    pub(crate) fn is_message(&self) -> bool {
        matches!(self.to, To::None)
    }
}

#[cfg(test)]
impl Facts<'static> {
    /// A plain call, for tests to change.
    pub(crate) fn sample(from: Address, to: To) -> Self {
        let needs = Permissions::default().with(Permission::Call);
        Self {
            to,
            selector: None,
            hides_calldata: false,
            value: Some(U256::ZERO),
            gas: None,
            transaction_type: TransactionType::Eip1559,
            is_transaction: to != To::None,
            protected: true,
            blobs: 0,
            authorizations: &[],
            needs: if matches!(to, To::Create) {
                needs.with(Permission::Create)
            } else {
                needs
            },
            sender: Sender::Known(Ok(from)),
        }
    }

    /// The same with a signature that recovers nobody.
    pub(crate) fn without_sender(self) -> Self {
        Self {
            sender: Sender::Known(Err(Unrecoverable)),
            ..self
        }
    }
}
