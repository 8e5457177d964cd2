"""web3.py against Callgate: HTTP, then WebSocket. Prints one line per step; exits non-zero when a step goes wrong."""

import asyncio
import os
import sys

from eth_account import Account
from web3 import AsyncWeb3, Web3, WebSocketProvider
from web3.exceptions import Web3RPCError

REFUSED = -32004


def required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        sys.exit(f"{name} is not set: see examples/README.md")
    return value


URL = os.environ.get("CALLGATE_URL", "http://127.0.0.1:8550")
WS_URL = os.environ.get("CALLGATE_WS_URL", "ws://127.0.0.1:8550")
HEADERS = {"Authorization": f"Bearer {required('CALLGATE_KEY')}"}
# web3.py sends its own content type only when it is given no headers, and nodes insist on one as Callgate does.
HTTP_HEADERS = {**HEADERS, "Content-Type": "application/json"}
ACCOUNT = Account.from_key(required("WALLET_KEY"))
PAYEE = Web3.to_checksum_address(required("PAYEE"))


def payment(chain_id: int, nonce: int, base_fee: int) -> dict:
    """An EIP-1559 payment of 0.001 ether, to be signed here."""
    return {
        "type": 2,
        "chainId": chain_id,
        "nonce": nonce,
        "to": PAYEE,
        "value": 10**15,
        "gas": 21000,
        "maxPriorityFeePerGas": 10**9,
        "maxFeePerGas": 2 * base_fee + 10**9,
    }


def expect_refusal(front: str, error: Web3RPCError) -> None:
    code = (error.rpc_response or {}).get("error", {}).get("code")
    assert code == REFUSED, f"unexpected error: {error}"
    print(f"{front}: admin_peers is refused with {code}")


def over_http() -> None:
    w3 = Web3(Web3.HTTPProvider(URL, request_kwargs={"headers": HTTP_HEADERS}))
    print(f"http: block {w3.eth.block_number}")
    print(f"http: balance of the payee {w3.eth.get_balance(PAYEE)} wei")
    base_fee = w3.eth.get_block("latest")["baseFeePerGas"]
    signed = ACCOUNT.sign_transaction(
        payment(w3.eth.chain_id, w3.eth.get_transaction_count(ACCOUNT.address), base_fee)
    )
    receipt = w3.eth.wait_for_transaction_receipt(w3.eth.send_raw_transaction(signed.raw_transaction))
    print(f"http: paid in block {receipt['blockNumber']}")
    try:
        w3.manager.request_blocking("admin_peers", [])
    except Web3RPCError as error:
        expect_refusal("http", error)
    else:
        raise AssertionError("admin_peers went through")


async def over_websocket() -> None:
    # web3.py keeps an error answer that was already raised, and would raise it once more when it disconnects.
    provider = WebSocketProvider(
        WS_URL, websocket_kwargs={"additional_headers": HEADERS}, silence_listener_task_exceptions=True
    )
    async with AsyncWeb3(provider) as w3:
        print(f"websocket: block {await w3.eth.block_number}")
        subscription = await w3.eth.subscribe("newHeads")
        base_fee = (await w3.eth.get_block("latest"))["baseFeePerGas"]
        nonce = await w3.eth.get_transaction_count(ACCOUNT.address)
        signed = ACCOUNT.sign_transaction(payment(await w3.eth.chain_id, nonce, base_fee))
        sent = await w3.eth.send_raw_transaction(signed.raw_transaction)
        receipt = await w3.eth.wait_for_transaction_receipt(sent)
        print(f"websocket: paid in block {receipt['blockNumber']}")
        async for message in w3.socket.process_subscriptions():
            print(f"websocket: a new head arrived: {message['result']['number']}")
            break
        await w3.eth.unsubscribe(subscription)
        try:
            await w3.manager.coro_request("admin_peers", [])
        except Web3RPCError as error:
            expect_refusal("websocket", error)
        else:
            raise AssertionError("admin_peers went through")


over_http()
asyncio.run(asyncio.wait_for(over_websocket(), timeout=60))
print("done")
