"""What the Python flows share: where they run, and one line per step by which two runs can be compared.

The same variables and the same placeholders as in flow.mjs, which explains both.
"""

import json
import os
import re
import time
from pathlib import Path

URL = os.environ["FLOW_URL"]
WS_URL = os.environ["FLOW_WS_URL"]
KEY = os.environ["FLOW_KEY"]
PAYEE = os.environ["FLOW_PAYEE"]
ON_ANVIL = os.environ["FLOW_NODE"] == "anvil"
_AUTHORIZATION = os.environ.get("FLOW_AUTHORIZATION", "")
HEADERS = {"Authorization": _AUTHORIZATION} if _AUTHORIZATION else {}
CONTRACTS = json.loads((Path(__file__).parent / "contracts.json").read_text())

DIFFERS = {"timestamp", "blockTimestamp", "miner", "coinbase", "extraData", "prevRandao", "proofOfAuthorityData"}
PROOFS = {"accountProof", "proof"}
_words: dict[str, str] = {}


def letter(chain_id: int, contract: str) -> dict:
    """A typed message, as wallets show it: the domain is of the chain."""
    domain = [("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address")]
    person = [("name", "string"), ("wallet", "address")]
    body = [("from", "Person"), ("to", "Person[]"), ("amount", "uint256"), ("sealed", "bool"), ("body", "bytes")]
    described = {"EIP712Domain": domain, "Person": person, "Letter": body}
    return {
        "types": {kind: [{"name": name, "type": of} for name, of in members] for kind, members in described.items()},
        "primaryType": "Letter",
        "domain": {
            "name": "Callgate flows",
            "version": "1",
            "chainId": chain_id,
            "verifyingContract": contract,
        },
        "message": {
            "from": {"name": "Anna", "wallet": PAYEE},
            "to": [{"name": "Bert", "wallet": contract}],
            "amount": 7,
            "sealed": True,
            "body": "0x1234",
        },
    }


def show(step: str, value):
    """Prints what a step gave, and gives it on."""
    print(json.dumps({"step": step, "result": _normalised(value)}), flush=True)
    return value


def fails(step: str, action) -> None:
    """One step that must fail at the node."""
    try:
        action()
    except Exception as error:  # whatever the library makes of the node's answer
        print(json.dumps({"step": step, "error": type(error).__name__, "says": _text(str(error))}), flush=True)
        return
    raise AssertionError(f"{step}: went through, and should have failed")


def eventually(condition):
    """Waits until `condition` gives something."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def _normalised(value, name=""):
    if name in DIFFERS:
        return f"<{name}>"
    if isinstance(value, bytes):
        return _text("0x" + value.hex())
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, (list, tuple)):
        if name in PROOFS:
            return "<nodes>" if value else "<no nodes>"
        return [_normalised(item) for item in value]
    if hasattr(value, "items"):
        return {_text(str(member)): _normalised(inner, member) for member, inner in value.items()}
    return value


def _text(value: str) -> str:
    return re.sub(r"0x[0-9a-fA-F]{64}(?![0-9a-fA-F])", lambda found: _word(found[0].lower()), value)


def _word(word: str) -> str:
    if word.startswith("0x" + "0" * 24):
        return word
    return _words.setdefault(word, f"<word {len(_words) + 1}>")
