//! Names of the data and of the code.

use crate::Outcome;

pub(crate) fn known_type(name: &str) -> Outcome<&str> {
    const TYPES: [&str; 21] = [
        "block",
        "hash",
        "address",
        "quantity",
        "data",
        "rawTransaction",
        "callObject",
        "transactionObject",
        "callObjectList",
        "rawTransactionList",
        "filter",
        "typedData",
        "userOperation",
        "stateOverride",
        "blockOverride",
        "subscriptionType",
        "traceConfig",
        "boolean",
        "string",
        "object",
        "other",
    ];
    if TYPES.contains(&name) {
        Ok(name)
    } else {
        Err(format!("there is no type `{name}`").into())
    }
}

pub(crate) fn group(name: &str) -> Outcome<&'static str> {
    Ok(match name {
        "accounts" => "Accounts",
        "admin" => "Admin",
        "chain.blocks" => "Blocks",
        "chain.fees" => "Fees",
        "chain.filter" => "Filter",
        "chain.info" => "Info",
        "chain.pending" => "Pending",
        "chain.receipts" => "Receipts",
        "chain.state" => "State",
        "chain.subscribe" => "Subscribe",
        "chain.transactions" => "Transactions",
        "debug" => "Debug",
        "dev" => "Dev",
        "engine" => "Engine",
        "other" => "Other",
        "privacy" => "Privacy",
        "tx.call" => "Call",
        "tx.estimate" => "Estimate",
        "tx.raw" => "Raw",
        "tx.send" => "Send",
        "tx.sign" => "Sign",
        "tx.trace" => "Trace",
        "txpool" => "Txpool",
        _ => return Err(format!("there is no group `{name}`").into()),
    })
}

/// `camelCase` or `snake_case` to the name of a variant.
pub(crate) fn camel(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_uppercase().chain(letters).collect::<String>())
                .unwrap_or_default()
        })
        .collect()
}
