//! Puts a node into the world of the lab.

use crate::support::wallet::Draft;
use crate::support::{Node, Wallet, eventually};
use crate::wire::Wire;
use crate::world::{self, CHAIN_ID, EVIL_BALANCE, EVIL_CONTRACT, EVIL_SAVER, EVIL_WORD, GOOD_BALANCE, GOOD_CONTRACT};
use crate::world::{GOOD_SAVER, GOOD_WORD, UNLOCKED};
use alloy_primitives::{Address, hex};
use serde_json::{Value, json};

/// How many senders one transaction gives money: the gas limit of a block of `geth --dev` bounds it.
const AT_ONCE: usize = 40;

/// What each sender gets, in wei: enough for two transactions.
const MONEY: u64 = 10_000_000_000_000_000;

/// Contracts, savers, and money for the given senders.
pub(crate) async fn lay(node: &Node, senders: &[Wallet]) {
    let pay = |to: &str, wei: u64| json!([{ "from": UNLOCKED, "to": to, "value": format!("{wei:#x}") }]);
    let deployer = world::deployer();
    send(node, pay(&deployer.text(), 1_000_000_000_000_000_000)).await;
    send(node, pay(GOOD_SAVER, GOOD_BALANCE)).await;
    send(node, pay(EVIL_SAVER, EVIL_BALANCE)).await;
    let holds = |who: String, wei: u64| async move {
        let balance = node.call("eth_getBalance", json!([who, "latest"])).await;
        u64::from_str_radix(&balance.as_str().unwrap()[2..], 16).map_or(true, |balance| balance >= wei)
    };
    eventually("the deployer has money", || holds(deployer.text(), 1_000_000)).await;
    for (nonce, word) in [(0, GOOD_WORD), (1, EVIL_WORD)] {
        let code = creation(&answering(word));
        let raw = deployer.sign(&Draft::create(CHAIN_ID, nonce, &code));
        node.call("eth_sendRawTransaction", json!([raw])).await;
    }
    let addresses: Vec<_> = senders.iter().map(Wallet::address).collect();
    for some in addresses.chunks(AT_ONCE) {
        let code = hex::encode_prefixed(paying(some));
        let creation = json!([{ "from": UNLOCKED, "data": code, "value": format!("{:#x}", MONEY * some.len() as u64), "gas": "0xa00000" }]);
        send(node, creation).await;
        let last = format!("{:#x}", some[some.len() - 1]);
        eventually("the senders have money", || holds(last.clone(), MONEY)).await;
    }
    eventually("the savers have money", || holds(EVIL_SAVER.to_owned(), EVIL_BALANCE)).await;
    for contract in [GOOD_CONTRACT, EVIL_CONTRACT] {
        eventually("the contracts are there", || async {
            node.call("eth_getCode", json!([contract, "latest"])).await != "0x"
        })
        .await;
    }
}

/// Sends in the name of the node's account. A node that has not taken note of the last block yet gives its nonce again, and
/// says that the transaction cannot be replaced: it is asked again.
async fn send(node: &Node, params: Value) {
    let wire = Wire::to(&node.url());
    eventually("the node sends", || async {
        let questions = [("eth_sendTransaction", params.clone())];
        let answers = wire.ask(&questions).await.expect("the node answers");
        answers[0].is_string()
    })
    .await;
}

/// Code that answers every call with one word.
fn answering(word: &str) -> Vec<u8> {
    // PUSH32 word, PUSH1 0, MSTORE, PUSH1 32, PUSH1 0, RETURN
    let mut code = vec![0x7f];
    code.extend(hex::decode(word).unwrap());
    code.extend([0x60, 0x00, 0x52, 0x60, 0x20, 0x60, 0x00, 0xf3]);
    code
}

/// Init code that leaves `code`.
fn creation(code: &[u8]) -> Vec<u8> {
    // PUSH1 length, PUSH1 12, PUSH1 0, CODECOPY, PUSH1 length, PUSH1 0, RETURN
    let length = u8::try_from(code.len()).unwrap();
    let mut init = vec![0x60, length, 0x60, 12, 0x60, 0x00, 0x39, 0x60, length, 0x60, 0x00, 0xf3];
    init.extend(code);
    init
}

/// Init code that pays each of them and leaves nothing.
fn paying(whom: &[Address]) -> Vec<u8> {
    let mut init = Vec::new();
    for address in whom {
        // PUSH1 0 four times, PUSH8 value, PUSH20 address, GAS, CALL, POP
        init.extend([0x60, 0x00].repeat(4));
        init.push(0x67);
        init.extend(MONEY.to_be_bytes());
        init.push(0x73);
        init.extend(address.as_slice());
        init.extend([0x5a, 0xf1, 0x50]);
    }
    init.push(0x00);
    init
}
