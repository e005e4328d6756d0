#!/usr/bin/env bash
# Tunnels of Azure Bastion's native client beside a run of Pulumi, for stacks with `access.tunnel` (docs/network.md).
# Needs bash, and the Azure CLI 2.32 or later, signed in, with its extension: az extension add --name bastion
#
#   export BASTION_ID=/subscriptions/…/resourceGroups/…/providers/Microsoft.Network/bastionHosts/…
#   bastion-tunnel.sh start VM_ID=PORT …   PORT is access.tunnel.port + the generation's number
#   bastion-tunnel.sh wait [SECONDS]       until each server has said its SSH banner, at most 60 seconds
#   bastion-tunnel.sh log                  what the tunnels said
#   bastion-tunnel.sh stop                 in a step that runs always; may be run twice
#
# Logs and process numbers are kept in TUNNEL_DIR. Exit codes: 2 used wrongly, 3 no banner in time.
set -euo pipefail

state=${TUNNEL_DIR:-${RUNNER_TEMP:-${AGENT_TEMPDIRECTORY:-/tmp}}/bastion-tunnels}

say() { echo "bastion-tunnel: $*" >&2; }

fail() {
  say "$1"
  exit "${2:-2}"
}

# The part of a resource id that follows a word.
part() {
  local rest=${1#*/"$2"/}
  [ "$rest" != "$1" ] || fail "BASTION_ID is not the id of a Bastion: there is no /$2/ in it"
  echo "${rest%%/*}"
}

start() {
  # With it the CLI hands its token to whoever answers in Bastion's place.
  if [ -n "${AZURE_CLI_DISABLE_CONNECTION_VERIFICATION:-}" ]; then
    fail "AZURE_CLI_DISABLE_CONNECTION_VERIFICATION is set: unset it; no tunnel is started without verification"
  fi
  [ -n "${BASTION_ID:-}" ] || fail "BASTION_ID is not set"
  [ $# -gt 0 ] || fail "say which servers: start VM_ID=PORT …"
  local subscription group name target port
  subscription=$(part "$BASTION_ID" subscriptions)
  group=$(part "$BASTION_ID" resourceGroups)
  name=$(part "$BASTION_ID" bastionHosts)
  mkdir -p "$state"
  for pair in "$@"; do
    target=${pair%=*}
    port=${pair##*=}
    case "$port" in '' | *[!0-9]*) fail "$pair is not VM_ID=PORT" ;; esac
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      fail "something listens on 127.0.0.1:$port already: a tunnel that was left behind, or another stack's"
    fi
    # A process group of its own: az starts a second process, which would stay behind when only the first is ended.
    set -m
    az network bastion tunnel --subscription "$subscription" --resource-group "$group" --name "$name" \
      --target-resource-id "$target" --resource-port 22 --port "$port" >"$state/$port.log" 2>&1 </dev/null &
    echo $! >"$state/$port.pid"
    set +m
    say "127.0.0.1:$port leads to ${target##*/}"
  done
}

# The tunnel takes a connection before it has asked Bastion for anything: only the server's own first line says that it
# is reached. In a shell of its own, so that the connection is closed: some versions take one at a time.
banner() (
  exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
  IFS= read -r -t 5 line <&3 || exit 1
  case "$line" in SSH-2.0-*) exit 0 ;; *) exit 1 ;; esac
) 2>/dev/null

await() {
  local limit=${1:-60} port
  local until=$((SECONDS + limit))
  for file in "$state"/*.pid; do
    [ -e "$file" ] || fail "no tunnel was started"
    port=$(basename "$file" .pid)
    until banner "$port"; do
      if ! kill -0 "$(cat "$file")" 2>/dev/null; then
        log
        fail "the tunnel on port $port has ended by itself; above is what it said" 3
      fi
      if [ "$SECONDS" -ge "$until" ]; then
        log
        fail "no SSH banner on port $port within $limit seconds: is the server there and running, does its security group let Bastion's subnet in (bastion.subnetPrefix), may this sign-in use Bastion? Above is what the tunnel said" 3
      fi
      sleep 1
    done
    say "the server behind port $port answers"
  done
}

log() {
  for file in "$state"/*.log; do
    [ -e "$file" ] || return 0
    echo "--- $(basename "$file")" >&2
    cat "$file" >&2
  done
}

stop() {
  for file in "$state"/*.pid; do
    [ -e "$file" ] || return 0
    # The group; where it has ended already there is nothing to end.
    kill -- "-$(cat "$file")" 2>/dev/null || true
    rm -f "$file"
  done
}

command=${1:-}
[ $# -eq 0 ] || shift
case "$command" in
  start) start "$@" ;;
  wait) await "$@" ;;
  log) log ;;
  stop) stop ;;
  *) fail "say start, wait, log or stop" ;;
esac
