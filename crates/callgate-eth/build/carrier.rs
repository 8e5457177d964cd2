//! Whether a method may carry operations, and how it is classed then.

use crate::Outcome;
use crate::data::{Classes, Entry};

/// What a method is to the reader: nothing to judge in it, operations understood, or operations that nobody judges.
pub(crate) fn carrier(entry: &Entry, classes: &Classes) -> Outcome<String> {
    let name = &entry.method;
    if classes.understood.contains_key(name) {
        return Ok("Carrier::Understood".to_owned());
    }
    if let Some(what) = classes.opaque.get(name) {
        return Ok(format!("Carrier::Opaque({what:?})"));
    }
    if let Some(why) = classes.not_understood.get(name) {
        return Ok(format!("Carrier::NotUnderstood({why:?})"));
    }
    let Some(what) = suspicion(entry, classes) else {
        return Ok("Carrier::None".to_owned());
    };
    if classes.no_operation.contains_key(name) {
        return Ok("Carrier::None".to_owned());
    }
    Err(format!("{what}: class it as understood, opaque, noOperation or notUnderstood").into())
}

/// Why a method may carry operations.
fn suspicion(entry: &Entry, classes: &Classes) -> Option<String> {
    for param in &entry.params {
        let within = param
            .contains
            .iter()
            .filter_map(|item| item.rsplit_once(':'))
            .map(|(_, kind)| kind);
        for kind in [param.r#type.as_str()]
            .into_iter()
            .chain(param.items.as_deref())
            .chain(within)
        {
            if let Some(what) = carried(kind) {
                return Some(format!("parameter `{}` carries {what}", param.name));
            }
        }
    }
    let handled = classes.handles.contains_key(&entry.method);
    Some(
        match entry.access.as_str() {
            "write" => "it submits something that its parameters do not spell out",
            "sign" => "it signs something that its parameters do not spell out",
            "call" => "it executes something that its parameters do not spell out",
            "filter" if !handled => "its filter ids are not bound to who made them",
            "subscription" if !handled => "its subscription ids are not bound to who made them",
            _ => return None,
        }
        .to_owned(),
    )
}

pub(crate) fn carried(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "rawTransaction" => "a signed transaction",
        "rawTransactionList" => "signed transactions",
        "callObject" => "a call",
        "callObjectList" => "a list of calls",
        "transactionObject" => "a transaction",
        "userOperation" => "a user operation",
        "typedData" => "typed data to sign",
        "stateOverride" | "blockOverride" => "overrides of the state a call runs on",
        "mevBundle" => "a bundle",
        _ => return None,
    })
}
