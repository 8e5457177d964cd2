//! Writing an object: every member once, in fixed order, in the spelling every client reads alike.

use callgate_rpc::Writer;

use super::{CallObject, Fees};
use crate::form::scalar;
use crate::transaction::TransactionType;

impl CallObject<'_> {
    pub(crate) fn write(&self, out: &mut Writer<'_>) {
        out.begin_object();
        out.name("from");
        out.hex(self.from.as_slice());
        if let Some(to) = self.to {
            out.name("to");
            out.hex(to.as_slice());
        }
        write_u64(out, "gas", self.gas);
        self.fees.write(out);
        if let Some(value) = self.value {
            out.name("value");
            scalar::write_quantity(out, value);
        }
        write_u64(out, "nonce", self.nonce);
        write_u64(out, "chainId", self.chain_id);
        if self.writes_kind {
            write_u64(out, "type", Some(type_number(self.kind)));
        }
        self.write_calldata(out);
        self.write_lists(out);
        if let Some(privacy) = &self.privacy {
            super::private::write(privacy, out);
        }
        out.end_object();
    }

    /// As `data`, which every release of every client reads. `input` some do not know, some refuse beside `data`, and
    /// GoQuorum would put the plain payload of a private transaction on the chain.
    fn write_calldata(&self, out: &mut Writer<'_>) {
        let Some(input) = self.input else { return };
        out.name("data");
        input.write(out);
    }

    fn write_lists(&self, out: &mut Writer<'_>) {
        if let Some(list) = &self.access_list {
            out.name("accessList");
            list.write(out);
        }
        if let Some(list) = &self.authorizations {
            out.name("authorizationList");
            list.write(out);
        }
        if let Some(hashes) = &self.blob_hashes {
            out.name("blobVersionedHashes");
            out.begin_array();
            hashes.iter().for_each(|hash| out.hex(hash.as_slice()));
            out.end_array();
        }
    }
}

impl Fees {
    fn write(&self, out: &mut Writer<'_>) {
        let members = [
            ("gasPrice", self.gas_price),
            ("maxFeePerGas", self.max_fee_per_gas),
            ("maxPriorityFeePerGas", self.max_priority_fee_per_gas),
            ("maxFeePerBlobGas", self.max_fee_per_blob_gas),
        ];
        for (name, fee) in members {
            if let Some(fee) = fee {
                out.name(name);
                scalar::write_quantity_u128(out, fee);
            }
        }
    }
}

fn write_u64(out: &mut Writer<'_>, name: &str, number: Option<u64>) {
    if let Some(number) = number {
        out.name(name);
        out.quantity_u64(number);
    }
}

fn type_number(kind: TransactionType) -> u64 {
    match kind {
        TransactionType::Legacy => 0,
        TransactionType::Eip2930 => 1,
        TransactionType::Eip1559 => 2,
        TransactionType::Eip4844 => 3,
        TransactionType::Eip7702 => 4,
    }
}
