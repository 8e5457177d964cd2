//! Vectors of our own for the forms nobody publishes vectors for: `private-vectors.json` is made here from the
//! specifications, and must be what is made again. To write it anew after a change:
//! `WRITE_VECTORS=1 cargo test -p callgate-eth --test transactions the_file_is_what_is_made_again`.

mod block;
mod quorum;
mod restricted;

use alloy_primitives::{Address, U256, hex, keccak256};
use callgate_eth::transaction::{decode_block_hex, decode_quorum_private_hex, decode_restricted_hex};
use serde_json::{Value, json};

use crate::forms::{encode, number};
use crate::support::{Item, ORDER, every_kind};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/transactions/private-vectors.json");

/// Everything that is in the file.
fn made() -> Vec<Value> {
    let mut vectors = Vec::new();
    quorum::add(&mut vectors);
    restricted::add(&mut vectors);
    block::add(&mut vectors);
    vectors
}

fn valid(form: &str, name: &str, raw: &[u8], signer: Address) -> Value {
    json!({
        "name": format!("{form}/{name}"),
        "form": form,
        "raw": hex::encode_prefixed(raw),
        "valid": true,
        "sender": signer.to_string().to_lowercase(),
        "hash": keccak256(raw),
    })
}

fn invalid(form: &str, name: &str, raw: &[u8], reason: &str) -> Value {
    json!({
        "name": format!("{form}/{name}"),
        "form": form,
        "raw": hex::encode_prefixed(raw),
        "valid": false,
        "reason": reason,
    })
}

/// The list with one item changed.
fn with(items: &[Item], index: usize, item: Item) -> Vec<u8> {
    let mut changed = items.to_vec();
    changed[index] = item;
    encode(&Item::List(changed))
}

/// The list with one item more at a place.
fn plus(items: &[Item], index: usize, item: Item) -> Vec<u8> {
    let mut changed = items.to_vec();
    changed.insert(index, item);
    encode(&Item::List(changed))
}

fn without(items: &[Item], index: usize) -> Vec<u8> {
    let mut changed = items.to_vec();
    changed.remove(index);
    encode(&Item::List(changed))
}

fn list(items: &[Item]) -> Vec<u8> {
    encode(&Item::List(items.to_vec()))
}

/// n - s with the other parity: the same signature, written a second way.
fn high_s(s: &Item) -> Item {
    number(ORDER - U256::from_be_slice(s.bytes()))
}

/// One vector a line, so that changes can be read.
fn text(vectors: &[Value]) -> String {
    let lines: Vec<_> = vectors.iter().map(Value::to_string).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

#[test]
fn the_file_is_what_is_made_again() {
    if std::env::var_os("WRITE_VECTORS").is_some() {
        std::fs::write(FILE, text(&made())).unwrap();
    }
    let file = std::fs::read_to_string(FILE).unwrap();
    assert_eq!(file.lines().count(), made().len() + 2);
    for (line, vector) in file.lines().skip(1).zip(made()) {
        assert_eq!(line.trim_end_matches(','), vector.to_string());
    }
}

#[test]
fn there_are_enough_and_no_name_is_there_twice() {
    let vectors = made();
    let valid = vectors.iter().filter(|vector| vector["valid"] == true).count();
    assert!(
        valid >= 12 && vectors.len() - valid >= 25,
        "{valid} of {}",
        vectors.len()
    );
    let mut names: Vec<_> = vectors.iter().map(|vector| vector["name"].to_string()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), vectors.len());
}

/// What a decoder makes of a vector: sender and hash of every transaction, or the code of the refusal.
fn outcome(vector: &Value) -> Result<Vec<Value>, &'static str> {
    let raw = vector["raw"].as_str().unwrap();
    let facts = |sender: Address, hash| json!({"sender": sender.to_string().to_lowercase(), "hash": hash});
    match vector["form"].as_str().unwrap() {
        "quorum" => decode_quorum_private_hex(raw)
            .map(|decoded| vec![facts(decoded.sender().unwrap(), decoded.hash())])
            .map_err(|error| error.code()),
        "restricted" => decode_restricted_hex(raw)
            .map(|decoded| vec![facts(decoded.sender().unwrap(), decoded.hash())])
            .map_err(|error| error.code()),
        "block" => decode_block_hex(raw)
            .map(|block| {
                block
                    .transactions()
                    .iter()
                    .map(|it| facts(it.sender().unwrap(), it.hash()))
                    .collect()
            })
            .map_err(|error| error.code()),
        other => panic!("{other}"),
    }
}

#[test]
fn every_vector_is_decoded_or_refused_as_it_says() {
    let file: Vec<Value> = serde_json::from_str(include_str!("../private-vectors.json")).unwrap();
    for vector in &file {
        let name = &vector["name"];
        match outcome(vector) {
            Err(code) => assert_eq!(
                (&vector["valid"], vector["reason"].as_str()),
                (&json!(false), Some(code)),
                "{name}"
            ),
            Ok(decoded) => {
                assert_eq!(vector["valid"], true, "{name}");
                let expected = match &vector["transactions"] {
                    Value::Array(transactions) => transactions.clone(),
                    _ => vec![json!({"sender": vector["sender"], "hash": vector["hash"]})],
                };
                assert_eq!(decoded, expected, "{name}");
            }
        }
    }
}

#[test]
fn no_form_takes_what_another_does() {
    for vector in made().iter().filter(|vector| vector["valid"] == true) {
        for form in ["quorum", "restricted", "block"] {
            let mut other = vector.clone();
            other["form"] = json!(form);
            assert_eq!(
                outcome(&other).is_ok(),
                vector["form"] == form,
                "{} as {form}",
                vector["name"]
            );
        }
    }
    for (name, raw) in every_kind() {
        for form in ["quorum", "restricted", "block"] {
            let vector = json!({"form": form, "raw": hex::encode_prefixed(&raw)});
            assert!(outcome(&vector).is_err(), "{name} as {form}");
        }
    }
}
