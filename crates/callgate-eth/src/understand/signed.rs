//! The shapes that are signed already: transactions in their several forms, and blocks of them. All are decoded
//! exactly, bound to the chain as far as they name one, and written as the bytes that were judged.

use callgate_rpc::Value;

use super::reading::Reading;
use crate::dialect::Dialect;
use crate::form::scalar::{self, HexText};
use crate::misunderstood::{Misunderstood, Reason};
use crate::operation::{Operation, Overrides};
use crate::spot::Spot;
use crate::transaction::{self, TransactionError, TransactionType};
use crate::understood::Argument;

impl<'t> Reading<'t, '_> {
    /// A transaction as every client takes it.
    pub(super) fn raw(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let text = scalar::string(value, spot)?;
        let transaction = transaction::decode_hex(text).map_err(|error| undecodable(&error, value, spot))?;
        // GoQuorum reads v 37 and 38, which EIP-155 gives chain 1, as the mark of a private transaction. It would take one
        // here, for whomever the payload was sent to before.
        let legacy = transaction.transaction_type() == TransactionType::Legacy;
        if self.context.client.dialect == Dialect::Goquorum && legacy && transaction.chain_id() == Some(1) {
            return Err(spot.refuse(
                Reason::OperationsNotUnderstood,
                value,
                "is a private transaction to GoQuorum (v is 37 or 38): send it with its participants",
            ));
        }
        self.check_chain(transaction.chain_id(), value, spot)?;
        let kind = self.kind(value, spot)?;
        self.keep(Operation::raw(kind, spot.as_position(), transaction), value, spot)
    }

    /// A private transaction of GoQuorum. Its participants stand in the parameter after it.
    pub(super) fn quorum_private(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        self.check_served(&[Dialect::Goquorum, Dialect::Besu], value, spot)?;
        let text = scalar::string(value, spot)?;
        let transaction =
            transaction::decode_quorum_private_hex(text).map_err(|error| undecodable(&error, value, spot))?;
        let kind = self.kind(value, spot)?;
        self.keep(Operation::raw(kind, spot.as_position(), transaction), value, spot)
    }

    /// A restricted transaction of the EEA.
    pub(super) fn restricted(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        self.check_served(&[Dialect::Besu], value, spot)?;
        let text = scalar::string(value, spot)?;
        let transaction = transaction::decode_restricted_hex(text).map_err(|error| {
            spot.refuse(
                Reason::UndecodableTransaction,
                value,
                format_args!("is no signed restricted transaction: {error}"),
            )
        })?;
        self.check_chain(transaction.chain_id(), value, spot)?;
        let kind = self.kind(value, spot)?;
        self.keep(
            Operation::restricted(kind, spot.as_position(), transaction),
            value,
            spot,
        )
    }

    /// A block that the caller made: its transactions are executed one after the other, on a header of the caller's.
    pub(super) fn block(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        if self.context.client.dialect == Dialect::Goquorum {
            return Err(spot.refuse(
                Reason::OperationsNotUnderstood,
                value,
                "is a block, which GoQuorum reads as base64: that spelling is not understood",
            ));
        }
        let text = scalar::string(value, spot)?;
        let block = transaction::decode_block_hex(text).map_err(|error| {
            spot.refuse(
                Reason::UndecodableTransaction,
                value,
                format_args!("is no block: {error}"),
            )
        })?;
        let kind = self.kind(value, spot)?;
        let list = spot.known("transactions");
        self.overrides = Overrides::Some;
        self.empty_lists |= block.transactions().is_empty();
        for (index, transaction) in block.into_transactions().into_iter().enumerate() {
            let place = list.item(index);
            self.check_chain(transaction.chain_id(), value, &place)?;
            // Not `keep`: the decoder has a bound of its own, as blocks are longer than bundles.
            self.operations
                .push(Operation::raw(kind, place.as_position(), transaction));
        }
        HexText::read(value, spot).map(Argument::Data)
    }

    /// Whether it is signed for our chain, as far as it is signed for one.
    fn check_chain(&self, signed_for: Option<u64>, value: Value<'_>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
        match (signed_for, self.context.chain_id) {
            (None, _) => Ok(()),
            (Some(signed), Some(ours)) if signed == ours => Ok(()),
            (Some(signed), Some(ours)) => {
                let what = format_args!("is signed for chain {signed} ({signed:#x}), this one is {ours} ({ours:#x})");
                Err(spot.refuse(Reason::WrongChain, value, what))
            }
            (Some(_), None) => Err(spot.refuse(
                Reason::ChainUnknown,
                value,
                "cannot be checked: the chain id is not known yet",
            )),
        }
    }

    /// Whether the node can be one of the `clients`: a client that nobody has named, and the one behind a signer, may be
    /// any.
    fn check_served(&self, clients: &[Dialect], value: Value<'_>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
        let dialect = self.context.client.dialect;
        if matches!(dialect, Dialect::Generic | Dialect::Web3signer) || clients.contains(&dialect) {
            return Ok(());
        }
        Err(spot.refuse(
            Reason::OperationsNotUnderstood,
            value,
            format_args!(
                "is a private transaction of another client: this node's is {}",
                dialect.name()
            ),
        ))
    }
}

fn undecodable(error: &TransactionError, value: Value<'_>, spot: &Spot<'_>) -> Misunderstood {
    spot.refuse(
        Reason::UndecodableTransaction,
        value,
        format_args!("is no signed transaction: {error}"),
    )
}
