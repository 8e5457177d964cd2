//! `callgate decode`: a raw transaction as the firewall sees it.

use crate::cli::Decode;
use crate::exit::{Exit, Failure, fail};
use crate::files;
use crate::output::say;
use alloy_primitives::hex;
use callgate_eth::transaction::{self, RawTransaction};
use serde_json::{Value, json};

pub(super) fn run(options: &Decode) -> Result<Exit, Failure> {
    let text = if options.raw == "-" {
        files::read_standard_input()?
    } else {
        options.raw.clone()
    };
    let decoded = transaction::decode_hex(text.trim()).map_err(|error| {
        fail(
            Exit::Denied,
            format_args!("not a valid transaction: {error} ({})", error.code()),
        )
    })?;
    let told = tell(&decoded)?;
    say(format_args!("{told:#}"));
    Ok(Exit::Done)
}

/// Amounts are decimal wei, as text: they do not fit a JSON number.
fn tell(transaction: &RawTransaction) -> Result<Value, Failure> {
    let sender = transaction
        .sender()
        .map_err(|error| fail(Exit::Denied, format_args!("the signature recovers nobody: {error}")))?;
    let input = transaction.input();
    let authorizations: Vec<Value> = transaction
        .authorizations()
        .iter()
        .map(|one| {
            json!({
                "authority": one.authority().map_or_else(|error| error.to_string(), |authority| format!("{authority:#x}")),
                "delegate": format!("{:#x}", one.delegate()),
                "chainId": one.chain_id(),
                "nonce": one.nonce(),
            })
        })
        .collect();
    Ok(json!({
        "hash": format!("{:#x}", transaction.hash()),
        "type": transaction.transaction_type().name(),
        "protected": transaction.is_protected(),
        "chainId": transaction.chain_id(),
        "from": format!("{sender:#x}"),
        "to": transaction.to().map(|to| format!("{to:#x}")),
        "nonce": transaction.nonce(),
        "value": transaction.value().to_string(),
        "gas": transaction.gas(),
        "maxFeePerGas": transaction.max_fee_per_gas().to_string(),
        "maxPriorityFeePerGas": transaction.max_priority_fee_per_gas().map(|fee| fee.to_string()),
        "selector": input.get(..4).map(hex::encode_prefixed),
        "inputLength": input.len(),
        "accessListLength": transaction.access_list_len(),
        "authorizations": authorizations,
        "blobs": transaction.blob_count(),
    }))
}
