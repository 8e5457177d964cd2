//! The compiled table against the data it was compiled from.

use callgate_eth::catalogue::{self, Access, Carrier, Group, Groups, Method, ParamType};
use serde_json::Value;

fn data() -> Vec<Value> {
    serde_json::from_str(include_str!("../../data/methods.json")).unwrap()
}

fn classes() -> Value {
    serde_json::from_str(include_str!("../../data/classes.json")).unwrap()
}

fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item.as_str().unwrap())
        .collect()
}

#[test]
fn every_entry_survives_in_order() {
    let data = data();
    assert_eq!(catalogue::all().len(), data.len());
    for (index, (entry, method)) in data.iter().zip(catalogue::all()).enumerate() {
        assert_eq!(entry["method"], method.name());
        assert_eq!(usize::from(method.index()), index);
        assert!(std::ptr::eq(catalogue::method(method.name()).unwrap(), method));
    }
    assert!(catalogue::all().is_sorted_by_key(Method::name));
}

#[test]
fn every_field_survives() {
    for entry in data() {
        let method = catalogue::method(entry["method"].as_str().unwrap()).unwrap();
        let mut again = serde_json::json!({
            "method": method.name(),
            "namespace": method.namespace(),
            "clients": method.clients(),
            "access": method.access().name(),
            "group": method.group().name(),
            "params": method.params().iter().map(param).collect::<Vec<_>>(),
            "required": method.required(),
        });
        if method.uses_node_key() {
            again["nodeKey"] = true.into();
        }
        let last_served: serde_json::Map<_, _> = method
            .last_served()
            .iter()
            .map(|(client, release)| ((*client).to_owned(), (*release).into()))
            .collect();
        if !last_served.is_empty() {
            again["lastServed"] = last_served.into();
        }
        for (name, text) in [
            ("aliasOf", method.alias_of()),
            ("since", method.since()),
            ("note", method.note()),
        ] {
            if let Some(text) = text {
                again[name] = text.into();
            }
        }
        assert_eq!(again, entry);
    }
}

fn param(param: &catalogue::Param) -> Value {
    let mut again = serde_json::json!({ "name": param.name(), "type": param.kind().name() });
    if let Some(items) = param.items() {
        again["items"] = items.name().into();
    }
    if !param.contains().is_empty() {
        again["contains"] = param
            .contains()
            .iter()
            .map(|(path, kind)| format!("{path}:{kind}"))
            .collect();
    }
    if param.is_variadic() {
        again["variadic"] = true.into();
    }
    again
}

#[test]
fn names_are_exact() {
    for name in [
        "",
        "eth_Call",
        "ETH_CALL",
        " eth_call",
        "eth_call ",
        "eth_call\n",
        "\u{feff}eth_call",
        "eth",
        "call",
    ] {
        assert!(catalogue::method(name).is_none(), "{name:?}");
    }
}

#[test]
fn every_entry_is_classed() {
    const CARRIES: [ParamType; 9] = [
        ParamType::RawTransaction,
        ParamType::CallObject,
        ParamType::TransactionObject,
        ParamType::CallObjectList,
        ParamType::RawTransactionList,
        ParamType::TypedData,
        ParamType::UserOperation,
        ParamType::StateOverride,
        ParamType::BlockOverride,
    ];
    let classes = classes();
    for method in catalogue::all() {
        let typed = |kind| CARRIES.contains(&kind) && kind != ParamType::TraceConfig;
        let within = |path: &(&str, &str)| CARRIES.iter().any(|kind| kind.name() == path.1) || path.1 == "mevBundle";
        let carries = method.params().iter().any(|param| {
            typed(param.kind()) || param.items().is_some_and(typed) || param.contains().iter().any(within)
        });
        let acts = matches!(method.access(), Access::Write | Access::Sign | Access::Call) || method.uses_node_key();
        let declared = classes["noOperation"].get(method.name()).is_some();
        if (carries || acts) && !declared {
            assert_ne!(
                method.carrier(),
                Carrier::None,
                "`{}` carries operations and passes as plain",
                method.name()
            );
        }
        assert_eq!(
            method.carrier() == Carrier::Understood,
            method.operation().is_some(),
            "`{}` is understood as what kind of operation?",
            method.name()
        );
        let ids = matches!(method.access(), Access::Filter | Access::Subscription);
        let bound = method.namespace() == "eth";
        assert!(
            !ids || bound || method.carrier() != Carrier::None,
            "`{}` has ids that are nobody's",
            method.name()
        );
        if let Carrier::Opaque(_) = method.carrier() {
            assert!(method.is_sealed(), "`{}` is opaque and open", method.name());
        }
    }
}

#[test]
fn what_nobody_understands_is_little_and_says_why() {
    let left: Vec<_> = catalogue::all()
        .iter()
        .filter_map(|method| match method.carrier() {
            Carrier::NotUnderstood(why) => Some((method.name(), why)),
            _ => None,
        })
        .collect();
    for (name, why) in &left {
        let ids = why.contains("ids are not bound to who made them");
        assert!(ids || *name == "wallet_sendPreparedCalls", "{name}: {why}");
    }
}

#[test]
fn engine_and_test_chain_control_are_sealed_and_every_admin_method_is_decided() {
    let classes = classes();
    let open = texts(&classes["openAdmin"]["methods"]);
    for method in catalogue::all() {
        match method.access() {
            Access::Engine | Access::Dev => assert!(method.is_sealed(), "{}", method.name()),
            Access::Admin => assert_ne!(method.is_sealed(), open.contains(&method.name()), "{}", method.name()),
            _ => {}
        }
    }
    let listed: usize = classes["sealed"]
        .as_object()
        .unwrap()
        .values()
        .map(|kind| texts(&kind["methods"]).len())
        .sum();
    assert_eq!(
        catalogue::all().iter().filter(|method| method.is_sealed()).count(),
        listed
    );
}

#[test]
fn a77_b19_b29_b31_what_is_never_safe_is_sealed() {
    for name in [
        "engine_newPayloadV4",
        "engine_forkchoiceUpdatedV3",
        "flashbots_validateBuilderSubmissionV4",
        "reth_newPayload",
        "testing_buildBlockV1",
        "anvil_setCode",
        "anvil_dealERC20",
        "anvil_loadState",
        "anvil_setRpcUrl",
        "anvil_impersonateAccount",
        "anvil_autoImpersonateAccount",
        "hardhat_impersonateAccount",
        "hardhat_reset",
        "hardhat_setStorageAt",
        "evm_snapshot",
        "evm_revert",
        "evm_mine",
        "tenderly_setBalance",
        "eth_sendUnsignedTransaction",
        "personal_importRawKey",
        "personal_unlockAccount",
        "personal_newAccount",
        "plugin@account_importRawKey",
        "plugin@account_newAccount",
        "account_new",
        "parity_setEngineSignerSecret",
        "admin_addPeer",
        "admin_startHTTP",
        "admin_exportChain",
        "admin_importChain",
        "admin_addL2RPC",
        "miner_setEtherbase",
        "miner_start",
        "debug_setHead",
        "debug_chaindbCompact",
        "debug_resyncWorldState",
        "debug_dbGet",
        "debug_setGCPercent",
        "debug_freeOSMemory",
        "debug_cpuProfile",
        "debug_vmodule",
        "debug_traceBlockFromFile",
        "debug_standardTraceBlockToFile",
        "perm_addNodesToAllowlist",
        "qbft_proposeValidatorVote",
        "ibft_proposeValidatorVote",
        "clique_propose",
        "istanbul_propose",
        "raft_removePeer",
        "plugins_reloadPluginConfig",
        "opp2p_blockPeer",
        "conductor_stop",
    ] {
        let method = catalogue::method(name).unwrap_or_else(|| panic!("{name} is not in the catalogue"));
        assert!(method.is_sealed(), "{name}");
        assert!(!method.seal().unwrap().because().is_empty());
    }
}

#[test]
fn common_reads_and_operations_are_not_sealed() {
    for name in [
        "eth_call",
        "eth_sendRawTransaction",
        "eth_sendTransaction",
        "eth_getLogs",
        "eth_subscribe",
        "net_version",
        "debug_traceTransaction",
        "trace_block",
        "txpool_status",
        "personal_sign",
        "admin_nodeInfo",
    ] {
        assert!(!catalogue::method(name).unwrap().is_sealed(), "{name}");
    }
}

#[test]
fn the_documented_baf_lists_are_granted_by_their_groups() {
    for (group, names) in [
        (
            Group::Info,
            &["net_version", "eth_chainId", "eth_protocolVersion", "eth_gasPrice"][..],
        ),
        (Group::Receipts, &["eth_getTransactionReceipt"]),
        (
            Group::Blocks,
            &[
                "eth_blockNumber",
                "eth_getBlockTransactionCountByHash",
                "eth_getBlockTransactionCountByNumber",
                "eth_getBlockByHash",
                "eth_getBlockByNumber",
                "eth_getUncleCountByBlockHash",
                "eth_getUncleCountByBlockNumber",
                "eth_getUncleByBlockHashAndIndex",
                "eth_getUncleByBlockNumberAndIndex",
            ],
        ),
        (
            Group::Transactions,
            &[
                "eth_getLogs",
                "eth_getCode",
                "eth_getTransactionByHash",
                "eth_getTransactionByBlockHashAndIndex",
                "eth_getTransactionByBlockNumberAndIndex",
            ],
        ),
        (Group::Pending, &["eth_pendingTransactions"]),
        (
            Group::Filter,
            &[
                "eth_newFilter",
                "eth_newBlockFilter",
                "eth_newPendingTransactionFilter",
                "eth_uninstallFilter",
                "eth_getFilterChanges",
                "eth_getFilterLogs",
            ],
        ),
    ] {
        for name in names {
            assert!(catalogue::method(name).unwrap().groups().contains(group), "{name}");
        }
    }
}

#[test]
fn a_method_may_be_in_two_groups() {
    let gas_price = catalogue::method("eth_gasPrice").unwrap();
    assert_eq!(gas_price.groups(), Groups::of(&[Group::Info, Group::Fees]));
    assert_eq!(gas_price.group(), Group::Fees);
    let code = catalogue::method("eth_getCode").unwrap();
    assert_eq!(code.groups(), Groups::of(&[Group::State, Group::Transactions]));
    assert_eq!(
        format!("{:?}", code.groups()),
        r#"{"chain.state", "chain.transactions"}"#
    );
}

#[test]
fn sets_of_groups_hold_what_was_put_in() {
    let all = Groups::of(&Group::ALL);
    assert_eq!(all.iter().count(), Group::ALL.len());
    for group in Group::ALL {
        let one = Groups::NONE.with(group);
        assert_eq!(one.iter().collect::<Vec<_>>(), [group]);
        assert!(one.contains(group) && one.intersects(all) && !one.intersects(Groups::NONE));
    }
}
