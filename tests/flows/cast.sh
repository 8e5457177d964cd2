#!/usr/bin/env bash
# The ordinary flows of Foundry's cast, over HTTP, and a few over WebSocket. FLOW_CAST is the program; the other
# variables and the lines it prints are those of flow.mjs. cast keeps no state, so what differs between two runs (hashes,
# times) is replaced where it is printed, without being counted.
set -euo pipefail

cast=${FLOW_CAST:?}
# The credential stands in the address: cast takes headers, and asks some things without them.
with_credential() { [ -z "${FLOW_USERINFO:-}" ] && echo "$1" || echo "${1/:\/\//:\/\/$FLOW_USERINFO@}"; }
export NO_COLOR=1 ETH_RPC_URL
ETH_RPC_URL=$(with_credential "${FLOW_URL:?}")
payee=${FLOW_PAYEE:?}
account=$("$cast" wallet address "${FLOW_KEY:?}")
sign=(--private-key "$FLOW_KEY" --poll-interval 1)
scratch=$(mktemp)
trap 'rm -f "$scratch"' EXIT
here=$(dirname "${BASH_SOURCE[0]}")
code_of() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]]["code"])' "$here/contracts.json" "$1"; }
box_code=$(code_of box)
multicall_code=$(code_of multicall)
slot=0x$(printf '%064d' 0)
one=0x$(printf '%064d' 1)

# Text that stays the same between two runs.
normalised() {
  sed -E \
    -e 's/0x0{24}([0-9a-fA-F]{40})/0W\1/g; s/0x[0-9a-fA-F]{64}([^0-9a-fA-F]|$)/<word>\1/g; s/0W/0x000000000000000000000000/g' \
    -e 's/("?(timestamp|blockTimestamp|miner|extraData)"?:? *)"?[^",]+"?/\1<\2>/g' \
    -e 's/"(accountProof|proof)":\[[^]]*\]/"\1":"<nodes>"/g'
}

# A JSON string.
quoted() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\t'/\\t}
  printf '"%s"' "${text//$'\n'/\\n}"
}

# One step that must succeed.
step() {
  local name=$1 said
  shift
  said=$("$cast" "$@" 2>"$scratch") || { echo "$name: $(cat "$scratch")" >&2; exit 1; }
  printf '{"step":"%s","result":%s}\n' "$name" "$(quoted "$(normalised <<<"$said")")"
}

# One step that must fail at the node.
fails() {
  local name=$1 said
  shift
  if said=$("$cast" "$@" 2>&1); then echo "$name: went through, and should have failed" >&2; exit 1; fi
  printf '{"step":"%s","error":%s}\n' "$name" "$(quoted "$(normalised <<<"$said" | head -n 1)")"
}

# The fields of a receipt that do not differ, and the whole of it for the address of a contract.
sent() {
  local name=$1
  shift
  receipt=$("$cast" send "${sign[@]}" --json "$@") || { echo "$name failed" >&2; exit 1; }
  told "$name" <<<"$receipt"
}
told() {
  python3 -c 'import json, sys
names = ("blockNumber", "status", "type", "from", "to", "contractAddress", "gasUsed", "effectiveGasPrice")
receipt = json.load(sys.stdin)
print(json.dumps({"step": sys.argv[1], "result": {name: receipt.get(name) for name in names}}))' "$1"
}
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

chain_information() {
  step "chain id" chain-id
  step "chain" chain
  step "block number" block-number
  step "gas price" gas-price
  step "base fee" base-fee
  step "fee history" rpc eth_feeHistory 0x2 latest '[10,50.5]'
  step "network" rpc net_version
}

contracts() {
  sent "deployed" --create "$box_code${one#0x}"
  box=$(field contractAddress <<<"$receipt")
  sent "multicall deployed" --create "$multicall_code"
  multicall=$(field contractAddress <<<"$receipt")
  step "code size" codesize "$box"
  step "code hash" codehash "$box"
  step "code at a block" code "$box" --block 0
}

reads() {
  local block
  for block in latest earliest pending safe finalized 0; do
    step "balance at $block" balance "$payee" --block "$block"
  done
  step "balance in ether" balance "$payee" --ether
  step "nonce" nonce "$account"
  step "nonce at a block" nonce "$account" --block 1
  step "storage" storage "$box" 0
  step "storage of a word at a block" storage "$box" "$slot" --block latest
  step "storage root" storage-root "$box"
  step "proof" proof "$box" "$slot" "$one"
  step "implementation" implementation "$box"
  step "retrieve" call "$box" 'retrieve()(uint256)'
  step "retrieve at a number" call "$box" 'retrieve()(uint256)' --block 2
  step "retrieve at a hash" call "$box" 'retrieve()(uint256)' --block "$("$cast" block latest --field hash)"
  step "retrieve from somebody" call "$box" 'retrieve()(uint256)' --from "$payee"
  step "call with everything" call "$box" --data 0x2e64cec1 --from "$account" --gas-limit 100000 --gas-price 20gwei --priority-gas-price 1gwei --value 0 --nonce 2
  step "call with a legacy price" call "$box" --data 0x2e64cec1 --from "$account" --legacy --gas-price 20gwei
  step "call with an access list" call "$box" --data 0x2e64cec1 --access-list '[{"address":"'"$box"'","storageKeys":["'"$slot"'"]}]'
  step "call that creates" call --create "$multicall_code"
  fails "fail" call "$box" 'fail()'
  step "call with another state" call "$box" 'retrieve()(uint256)' --override-state-diff "$box:$slot:$one"
  step "call with another account" call "$payee" 'retrieve()(uint256)' --override-code "$payee:$("$cast" code "$box")" --override-state "$payee:$slot:$one" --override-balance "$payee:1" --override-nonce "$payee:3"
  step "call in another block" call "$box" 'retrieve()(uint256)' --block.number 100 --block.time 9999999999
  step "estimate" estimate "$box" 'store(uint256)' 1 --from "$account"
  step "estimate of a payment at a block" estimate "$payee" --value 1 --from "$account" --block latest
  step "estimate of a creation" estimate --from "$account" --create "$multicall_code"
  fails "estimate of a failure" estimate "$box" 'fail()' --from "$account"
  step "access list" access-list "$box" 'retrieve()' --from "$account"
  step "multicall" call "$multicall" 'aggregate3((address,bool,bytes)[])((bool,bytes)[])' "[($box,false,0x2e64cec1),($box,true,0xa9cc4718)]"
}

transactions() {
  local signed other delegate
  sent "store" "$box" 'store(uint256)' 42
  sent "legacy" --legacy "$payee" --value 0.01ether
  sent "eip-2930" --legacy --access-list '[{"address":"'"$box"'","storageKeys":["'"$slot"'"]}]' "$box" 'store(uint256)' 1
  sent "with an access list of the node" --access-list -- "$box" 'store(uint256)' 2
  sent "eip-1559" "$payee" --value 1 --gas-price 20gwei --priority-gas-price 1gwei --gas-limit 21000
  other=0x$(printf '42%.0s' {1..32})
  delegate=$("$cast" wallet sign-auth "$box" --private-key "$other" --chain "$("$cast" chain-id)" --nonce 0)
  sent "eip-7702" --auth "$delegate" "$payee" --gas-limit 200000
  step "delegated code" code "$("$cast" wallet address "$other")"
  signed=$("$cast" mktx "${sign[@]:0:2}" "$payee" --value 2)
  "$cast" publish "$signed" | told "published"
  fails "published twice" publish "$signed"
  sent "sent and waited for" --sync "$payee" --value 3
  hash=$(field transactionHash <<<"$receipt")
  step "transaction" tx "$hash" --json
  step "a field of a transaction" tx "$hash" nonce
  step "raw transaction" tx "$hash" --raw
  step "receipt" receipt "$hash" --json
  step "a field of a receipt" receipt "$hash" status
}

blocks_and_logs() {
  step "block" block 3 --json
  step "block with transactions" block latest --full --json
  step "block by hash" block "$("$cast" block 3 --field hash)" --field number
  step "a field of a block" block finalized --field gasLimit
  step "age" block earliest --field number
  step "logs" logs --from-block 0 --to-block latest --address "$box" --json
  step "logs of an event" logs --from-block earliest 'Stored(address indexed,uint256)' "$account" --json
  step "logs by topics" logs --from-block 1 --to-block 3 "$("$cast" sig-event 'Stored(address,uint256)')" --json
  step "transactions of a block" rpc eth_getBlockTransactionCountByNumber 0x3
  step "receipts of a block" rpc eth_getBlockReceipts 0x3
  step "simulation" rpc eth_simulateV1 '{"blockStateCalls":[{"calls":[{"from":"'"$account"'","to":"'"$payee"'","value":"0x1"}]}]}' latest
}

# What the node keeps keys for, or serves beside the standard.
node_of_development() {
  local from=0x90F79bf6EB2c4f870365E785982E1f101E93b906
  "$cast" send --unlocked --from "$from" --json "$payee" --value 3 --poll-interval 1 | told "sent by the node"
  "$cast" send --unlocked --from "$from" --json "$box" 'store(uint256)' 44 --poll-interval 1 | told "stored by the node"
  "$cast" send --unlocked --from "$from" --json --poll-interval 1 --create "$box_code${one#0x}" | told "deployed by the node"
  step "accounts" rpc eth_accounts
  step "personal_sign" rpc personal_sign 0x1234 "$from"
  step "pool" tx-pool status
  step "content of the pool" tx-pool content
  step "pool inspected" tx-pool inspect
  step "trace" trace "$hash"
}

# cast runs a transaction of the past itself, on the state it asks the node for.
replays() {
  step "run again" run "$hash" --quick
  step "traced call" call "$box" 'retrieve()(uint256)' --trace
}

over_websocket() {
  ETH_RPC_URL=$(with_credential "${FLOW_WS_URL:?}")
  step "ws: block number" block-number
  step "ws: retrieve" call "$box" 'retrieve()(uint256)'
  sent "ws: store" "$box" 'store(uint256)' 45
  "$cast" logs --subscribe --address "$box" >"$scratch" 2>&1 &
  listener=$!
  # cast tells nobody when it listens.
  sleep 2
  sent "ws: stored while somebody listens" "$box" 'store(uint256)' 46
  for _ in {1..600}; do
    ! grep -q 'data:' "$scratch" || break
    sleep 0.1
  done
  kill "$listener"
  printf '{"step":"ws: listened","result":%s}\n' "$(quoted "$(grep 'data:' "$scratch")")"
}

chain_information
contracts
reads
transactions
blocks_and_logs
[ "${FLOW_NODE:?}" != anvil ] || node_of_development
replays
over_websocket
