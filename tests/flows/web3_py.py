"""The ordinary flows of web3.py, over HTTP and then over WebSocket.

Blob transactions are left to the flows of ethers.js and viem, in both of their forms: here the proofs of one blob alone
take longer than everything else.
"""

import asyncio

from eth_account import Account
from web3 import AsyncWeb3, Web3, WebSocketProvider
from web3.middleware import SignAndSendRawMiddlewareBuilder

from flow import CONTRACTS, HEADERS, KEY, ON_ANVIL, PAYEE, URL, WS_URL, eventually, fails, letter, show

BOX, MULTICALL = CONTRACTS["box"], CONTRACTS["multicall"]
RETRIEVE = "0x2e64cec1"
SLOT = "0x" + "00" * 32
ONE = "0x" + "00" * 31 + "01"
ACCOUNT = Account.from_key(KEY)
TO = Web3.to_checksum_address(PAYEE)
# web3.py sends its own content type only when it is given no headers.
HTTP_HEADERS = {**HEADERS, "Content-Type": "application/json"}


def told(receipt) -> dict:
    """What a receipt says that does not differ between two runs."""
    names = ("blockNumber", "status", "type", "from", "to", "contractAddress", "gasUsed", "effectiveGasPrice")
    logs = [{name: log[name] for name in ("address", "topics", "data", "logIndex")} for log in receipt["logs"]]
    return {**{name: receipt[name] for name in names}, "logs": logs}


def brief(logs) -> list[dict]:
    """What logs say that does not differ between two runs."""
    return [{name: log[name] for name in ("address", "topics", "data")} for log in logs]


class Flow:
    """One client over HTTP, its account and its contracts."""

    def __init__(self, w3: Web3):
        self.w3, self.eth = w3, w3.eth
        self.box = self.deployed(BOX, 7)
        self.aggregate = self.deployed(MULTICALL)

    def mined(self, sent):
        return told(self.eth.wait_for_transaction_receipt(sent, poll_latency=0.05))

    def deployed(self, contract, *arguments):
        made = self.eth.contract(abi=contract["abi"], bytecode=contract["code"]).constructor(*arguments)
        receipt = show("deployed", self.mined(made.transact({"from": ACCOUNT.address})))
        return self.eth.contract(address=receipt["contractAddress"], abi=contract["abi"])

    def chain_information(self):
        eth = self.eth
        show("connected", self.w3.is_connected())
        show("client", type(self.w3.client_version).__name__)
        show("chain id", eth.chain_id)
        show("network", self.w3.net.version)
        show("listening", self.w3.net.listening)
        show("block number", eth.block_number)
        show("syncing", eth.syncing)
        show("gas price", eth.gas_price)
        show("priority fee", eth.max_priority_fee)
        show("blob fee", eth.blob_base_fee)
        show("fee history", eth.fee_history(4, "latest", [10, 50.5]))
        show("fee history of a block", eth.fee_history(1, 1))

    def reads(self):
        eth, box = self.eth, self.box
        head = eth.get_block("latest")
        tags = [None, "latest", "pending", "safe", "finalized", "earliest", head["number"]]
        show("balances", [eth.get_balance(TO, tag) for tag in tags])
        show("nonces", [eth.get_transaction_count(ACCOUNT.address, tag) for tag in [*tags, head["hash"]]])
        show("code", eth.get_code(box.address).hex() == BOX["deployed"][2:])
        show("code at a hash", eth.get_code(box.address, head["hash"]).hex() == BOX["deployed"][2:])
        show("storage", [eth.get_storage_at(box.address, 0), eth.get_storage_at(box.address, 1, head["number"])])
        show("proof", eth.get_proof(box.address, [SLOT, ONE], "latest"))
        retrieve = box.functions.retrieve()
        show("retrieve", [retrieve.call(block_identifier=tag) for tag in [*tags[:3], head["number"], head["hash"]]])
        show("retrieve from somebody", retrieve.call({"from": TO}))
        show("call", eth.call({"to": box.address, "data": RETRIEVE}))
        show("call with everything", eth.call(self.everything(), "pending"))
        show(
            "call with a gas price",
            eth.call({"to": box.address, "data": RETRIEVE, "from": ACCOUNT.address, "gasPrice": 20 * 10**9}),
        )
        fails("fail", lambda: box.functions.fail().call())
        fails("estimate of a failure", lambda: box.functions.fail().estimate_gas())
        show("estimate", box.functions.store(1).estimate_gas({"from": ACCOUNT.address}))
        show("estimate at a block", eth.estimate_gas({"from": ACCOUNT.address, "to": TO, "value": 1}, "latest"))
        show("access list", eth.create_access_list({"from": ACCOUNT.address, "to": box.address, "data": RETRIEVE}))
        item = (box.address, True, RETRIEVE)
        show("multicall", self.aggregate.functions.aggregate3([item, (box.address, True, "0xa9cc4718"), item]).call())
        state = {box.address: {"stateDiff": {SLOT: ONE}}}
        show("call with another state", eth.call({"to": box.address, "data": RETRIEVE}, "latest", state))
        whole = {TO: {"balance": "0x1", "nonce": "0x3", "code": BOX["deployed"], "state": {SLOT: ONE}}}
        show("retrieve with another account", eth.call({"to": TO, "data": RETRIEVE}, "latest", whole))
        show(
            "estimate with another account",
            eth.estimate_gas({"from": TO, "to": box.address, "data": RETRIEVE}, "latest", whole),
        )

    def everything(self):
        fees = {
            "gas": 100_000,
            "maxFeePerGas": 20 * 10**9,
            "maxPriorityFeePerGas": 1,
            "value": 0,
            "nonce": 2,
            "type": "0x2",
        }
        lists = {"accessList": [{"address": self.box.address, "storageKeys": [SLOT]}], "chainId": self.eth.chain_id}
        return {"from": ACCOUNT.address, "to": self.box.address, "data": RETRIEVE, **fees, **lists}

    def transactions(self):
        eth, box = self.eth, self.box
        show("store", self.mined(box.functions.store(42).transact({"from": ACCOUNT.address})))
        nonce = eth.get_transaction_count(ACCOUNT.address)
        legacy = {
            "to": TO,
            "value": 10**16,
            "gas": 21000,
            "gasPrice": 20 * 10**9,
            "nonce": nonce,
            "chainId": eth.chain_id,
        }
        show("legacy", self.signed(legacy))
        keys = [{"address": box.address, "storageKeys": [SLOT]}]
        call = {"to": box.address, "data": box.encode_abi("store", [1]), "gas": 100_000, "value": 0}
        show("eip-2930", self.signed({**call, "type": 1, "accessList": keys, "gasPrice": 20 * 10**9}))
        show("eip-1559", self.signed({"to": TO, "value": 1, "gas": 21000, **self.fees()}))
        show("built", self.signed(box.functions.store(43).build_transaction({"from": ACCOUNT.address})))
        other = Account.from_key("0x" + "42" * 32)
        authorization = other.sign_authorization({"chainId": eth.chain_id, "address": box.address, "nonce": 0})
        show(
            "eip-7702",
            self.signed(
                {"to": TO, "value": 0, "gas": 200_000, "type": 4, "authorizationList": [authorization], **self.fees()}
            ),
        )
        show("delegated code", eth.get_code(other.address))
        raw = self.sign({"to": TO, "value": 2, "gas": 21000, **self.fees()})
        sent = eth.send_raw_transaction(raw)
        show("receipt", self.mined(sent))
        fails("sent twice", lambda: eth.send_raw_transaction(raw))
        found = eth.get_transaction(sent)
        show("transaction", {name: found[name] for name in ("type", "to", "value", "nonce", "blockNumber")})
        show("raw transaction", eth.get_raw_transaction(sent) == raw)

    def fees(self):
        return {"maxFeePerGas": 20 * 10**9, "maxPriorityFeePerGas": 10**9}

    def numbered(self, transaction):
        return {"chainId": self.eth.chain_id, "nonce": self.eth.get_transaction_count(ACCOUNT.address), **transaction}

    def sign(self, transaction):
        return ACCOUNT.sign_transaction(
            self.numbered({name: value for name, value in transaction.items() if name != "from"})
        ).raw_transaction

    def signed(self, transaction):
        return self.mined(self.eth.send_raw_transaction(self.sign(transaction)))

    def blocks_and_logs(self):
        eth, box = self.eth, self.box
        block = show("block", eth.get_block(3))
        show("block by hash", eth.get_block(block["hash"])["number"])
        show(
            "block with transactions",
            [item["from"] for item in eth.get_block("latest", full_transactions=True)["transactions"]],
        )
        show("transactions of a block", [eth.get_block_transaction_count(at) for at in (3, block["hash"], "latest")])
        show("transactions by place", [eth.get_transaction_by_block(at, 0)["nonce"] for at in (3, block["hash"])])
        show("receipts of a block", [told(receipt) for receipt in eth.get_block_receipts(3)])
        show("logs", brief(eth.get_logs({"address": box.address, "fromBlock": 0, "toBlock": "latest"})))
        show("logs of a block", brief(eth.get_logs({"blockHash": block["hash"]})))
        topics = [[Web3.keccak(text="Stored(address,uint256)").to_0x_hex()], None]
        show(
            "logs by topics",
            brief(eth.get_logs({"fromBlock": "earliest", "address": [box.address, TO], "topics": topics})),
        )
        events = box.events.Stored.get_logs(from_block=0, argument_filters={"by": ACCOUNT.address})
        show("events", [event["args"] for event in events])

    def filters(self):
        eth, box = self.eth, self.box
        made = {
            "logs": eth.filter({"address": box.address, "fromBlock": "0x0"}),
            "event": box.events.Stored.create_filter(from_block="latest", argument_filters={"by": ACCOUNT.address}),
            "block": eth.filter("latest"),
            "pending": eth.filter("pending"),
        }
        self.mined(box.functions.store(44).transact({"from": ACCOUNT.address}))
        show("logs of a filter", len(made["logs"].get_all_entries()))
        for name, made_filter in made.items():
            show(f"changes: {name}", eventually(lambda made=made_filter: len(made.get_new_entries())))
            show(f"uninstalled: {name}", eth.uninstall_filter(made_filter.filter_id))

    def batch(self):
        with self.w3.batch_requests() as batch:
            batch.add(self.box.functions.retrieve())
            batch.add(self.eth.get_balance(TO))
            batch.add(self.eth.get_block(1))
            values = batch.execute()
        show("batch", [values[0], values[1], values[2]["number"]])

    def simulation(self):
        calls = [
            {"from": ACCOUNT.address, "to": self.box.address, "data": RETRIEVE},
            {"from": TO, "to": self.box.address, "data": RETRIEVE},
        ]
        blocks = self.eth.simulate_v1(
            {
                "blockStateCalls": [{"calls": calls, "blockOverrides": {"number": "0x64"}}],
                "validation": False,
                "traceTransfers": True,
            },
            "latest",
        )
        show("simulation", [[call["returnData"] for call in block["calls"]] for block in blocks])

    def inside_the_node(self):
        w3, eth = self.w3, self.eth
        sent = eth.get_block("latest", full_transactions=True)["transactions"][0]["hash"]
        show("txpool", [w3.geth.txpool.status(), w3.geth.txpool.content(), w3.geth.txpool.inspect()])
        show("traced transaction", w3.tracing.trace_transaction(sent)[0]["action"]["callType"])
        show("traced block", len(w3.tracing.trace_block("latest")))
        show("replayed block", len(w3.tracing.trace_replay_block_transactions("latest", ["trace"])))
        show(
            "filtered traces",
            len(
                w3.tracing.trace_filter({"fromBlock": 1, "toBlock": eth.block_number, "fromAddress": [ACCOUNT.address]})
            ),
        )

    def node_signs(self):
        eth, box = self.eth, self.box
        account = show("accounts", eth.accounts)[3]
        show("sent by the node", self.mined(eth.send_transaction({"from": account, "to": TO, "value": 3})))
        show("stored by the node", self.mined(box.functions.store(45).transact({"from": account})))
        show(
            "legacy by the node",
            self.mined(eth.send_transaction({"from": account, "to": TO, "value": 3, "gasPrice": 20 * 10**9})),
        )
        made = eth.contract(abi=BOX["abi"], bytecode=BOX["code"]).constructor(8).transact({"from": account})
        show("deployed by the node", self.mined(made)["contractAddress"])
        show("signature", eth.sign(account, text="a message with ümlauts"))
        show("signature of bytes", eth.sign(account, hexstr="0x00ff"))
        message = letter(eth.chain_id, box.address)
        # It asks by the first name of the method, which anvil knows and does not implement.
        fails("typed data", lambda: eth.sign_typed_data(account, message))
        show("typed data, version 4", self.w3.manager.request_blocking("eth_signTypedData_v4", [account, message]))
        legacy = {"from": account, "to": TO, "value": 1, "gas": 21000, "gasPrice": 20 * 10**9, "nonce": 16}
        # anvil answers with the bytes alone, where web3.py expects them in an object.
        fails("signed by the node", lambda: eth.sign_transaction(legacy))


def over_http() -> str:
    provider = Web3.HTTPProvider(URL, request_kwargs={"headers": HTTP_HEADERS}, exception_retry_configuration=None)
    w3 = Web3(provider)
    # Signs here what `transact` is given, as applications with a key of their own do.
    w3.middleware_onion.inject(SignAndSendRawMiddlewareBuilder.build(ACCOUNT), layer=0)
    flow = Flow(w3)
    flow.chain_information()
    flow.reads()
    flow.transactions()
    flow.blocks_and_logs()
    flow.filters()
    flow.batch()
    flow.simulation()
    if ON_ANVIL:
        flow.inside_the_node()
        flow.node_signs()
    return flow.box.address


async def over_websocket(address: str) -> None:
    provider = WebSocketProvider(WS_URL, websocket_kwargs={"additional_headers": HEADERS})
    async with AsyncWeb3(provider) as w3:
        box = w3.eth.contract(address=address, abi=BOX["abi"])
        show("ws: block number", type(await w3.eth.block_number).__name__)
        show("ws: retrieve", await box.functions.retrieve().call())
        subscriptions = {
            await w3.eth.subscribe("newHeads"): "newHeads",
            await w3.eth.subscribe("newPendingTransactions"): "newPendingTransactions",
            await w3.eth.subscribe("logs", {"address": address, "topics": []}): "logs",
        }
        seen: dict[str, int] = {}
        transaction = {
            "to": address,
            "data": box.encode_abi("store", [46]),
            "value": 0,
            "gas": 100_000,
            "chainId": await w3.eth.chain_id,
            "nonce": await w3.eth.get_transaction_count(ACCOUNT.address),
            "maxFeePerGas": 20 * 10**9,
            "maxPriorityFeePerGas": 10**9,
        }
        sent = await w3.eth.send_raw_transaction(ACCOUNT.sign_transaction(transaction).raw_transaction)
        async for message in w3.socket.process_subscriptions():
            kind = subscriptions[message["subscription"]]
            seen[kind] = seen.get(kind, 0) + 1
            if len(seen) == len(subscriptions):
                break
        show("ws: store", told(await w3.eth.wait_for_transaction_receipt(sent, poll_latency=0.05)))
        show("ws: heard of", sorted(seen))
        show("ws: unsubscribed", [await w3.eth.unsubscribe(handle) for handle in subscriptions])
        async with w3.batch_requests() as batch:
            batch.add(box.functions.retrieve())
            batch.add(w3.eth.get_balance(TO))
            show("ws: batch", list(await batch.async_execute()))


asyncio.run(asyncio.wait_for(over_websocket(over_http()), timeout=120))
