# shellcheck shell=bash
# What every script here shares: where the checkout and its state are, how it speaks, ports, secrets and processes.
# Source it after `set -euo pipefail`; it starts nothing by itself.
#
# State of one set of servers is one directory, $STATE: $ASISTTR_STATE if set, else .local in the checkout. Several
# states run side by side. Everything the servers own belongs to $OWNER: the caller, or, when the caller is root, the
# owner of the checkout, or postgres or nobody when that is root too, because PostgreSQL refuses to run as root.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
ME=$(basename "$0")
say() { printf '%s\n' "$ME: $*" >&2; }
die() { say "$*"; exit 1; }

# The caller's libpq and locale settings must not leak into private servers.
unset PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGSERVICE PGDATA PGOPTIONS PGSSLMODE || true

# ---- who owns the servers, and where state lives -------------------------------------------------------------------
OWNER=$(id -un 2>/dev/null || id -u)
RUN=(env)                       # prefix for everything the servers own; never empty, for bash 3.2 under `set -u`
BASE=$ROOT/.local
if [ "$(id -u)" = 0 ]; then
  command -v setpriv >/dev/null || die "running as root needs setpriv (package util-linux); or run as an ordinary user"
  OWNER=$(stat -c %U "$ROOT" 2>/dev/null || echo UNKNOWN)
  case $OWNER in root|UNKNOWN) OWNER=postgres; getent passwd postgres >/dev/null || OWNER=nobody ;; esac
  RUN=(setpriv "--reuid=$(id -u "$OWNER")" "--regid=$(id -g "$OWNER")" --clear-groups env)
  # A checkout under /root (0700) cannot be entered by that user.
  "${RUN[@]}" sh -c 'cd "$1"' sh "$ROOT" 2>/dev/null || BASE=/var/tmp/asisttr-$(printf %s "$ROOT" | cksum | cut -d' ' -f1)
fi

# Prints the directory of a named state beside the default one, e.g. `named_state test`.
named_state() { echo "$BASE/$1"; }

# Makes $STATE and enters it, so that the servers' user has a working directory it may be in.
enter_state() {
  STATE=${ASISTTR_STATE:-$BASE}
  mkdir -p "$BASE" "$STATE" 2>/dev/null && [ -w "$BASE" ] && [ -w "$STATE" ] \
    || die "$STATE cannot be written by $(id -un): it was made by another user. Remove it as that user, or set \
ASISTTR_STATE to a directory of your own"
  STATE=$(cd "$STATE" && pwd -P)
  "${RUN[@]}" sh -c 'cd "$1"' sh "$STATE" 2>/dev/null || die "user $OWNER cannot enter $STATE; set ASISTTR_STATE to a directory it can enter"
  cd "$STATE" || exit 1
  RUN+=("HOME=$STATE")
}

# Makes directories that belong to the servers' user alone.
own_dirs() { local d; for d; do mkdir -p "$d"; [ "$(id -u)" != 0 ] || chown "$OWNER:$(id -g "$OWNER")" "$d"; chmod 700 "$d"; done; }

# Holds one lock until the script ends: two `up` at once (tests and development) must not race.
take_lock() {
  command -v flock >/dev/null || return 0
  exec 9>"$1"
  flock -w 600 9 || die "another run has held $1 for ten minutes"
}

# Whether a Unix socket below $STATE can stand in a URL as it is, and within the 107 bytes that the kernel gives it.
# What it saves: loopback TCP costs a ticket posted alone about a tenth of its time.
sockets_fit() { case $STATE in *[!A-Za-z0-9/._-]*) return 1 ;; esac; [ "${#STATE}" -le 80 ]; }

# ---- ports and secrets ---------------------------------------------------------------------------------------------
port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
free_port() { local p=$1; while port_open "$p"; do p=$((p + 1)); done; echo "$p"; }
secret()    { od -An -N"${1:-16}" -tx1 /dev/urandom | tr -d ' \n'; }
# kept_secret <file> [bytes]: prints the secret kept in a file, and makes it the first time.
kept_secret() { [ -s "$1" ] || (umask 077; secret "${2:-16}" > "$1.new" && mv "$1.new" "$1"); cat "$1"; }
# Writes standard input into a file that only its owner reads, whole or not at all.
write_private() { (umask 077; cat > "$1.new" && mv "$1.new" "$1"); }
# Runs a command until it succeeds, at most so many tenths of a second.
within() { local n=$1; shift; while ! "$@"; do n=$((n - 1)); [ "$n" -gt 0 ] || return 1; sleep 0.1; done; }

# ---- processes: a pid file holds `pid start-time`, so a pid that was given to another program is never touched -------
started_at() {
  if [ -r "/proc/$1/stat" ]; then sed -E 's/.*\) //' "/proc/$1/stat" | cut -d' ' -f20; else ps -o lstart= -p "$1" | tr -d ' '; fi
} 2>/dev/null
pid_of() {
  local pid at
  { read -r pid at < "$1"; } 2>/dev/null && [ -n "$at" ] && [ "$(started_at "$pid")" = "$at" ] && ! is_zombie "$pid" && echo "$pid"
}
cmdline()    { { tr '\0' ' ' < "/proc/$1/cmdline"; } 2>/dev/null || ps -o args= -p "$1" 2>/dev/null; }
is_zombie()  { grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null; }
gone()       { ! pid_of "$1" >/dev/null; }

# spawn <pid file> <log> <command…>: starts a process in a session of its own (Ctrl-C here does not reach it).
spawn() {
  local file=$1 log=$2 session=(); shift 2
  ! command -v setsid >/dev/null || session=(setsid)
  ${session[@]+"${session[@]}"} "$@" >>"$log" 2>&1 </dev/null 9>&- &
  local pid=$!
  disown "$pid" 2>/dev/null || true
  printf '%s %s\n' "$pid" "$(started_at "$pid")" > "$file"
}

# stop_process <pid file> [seconds]: asks, waits, then kills; only the very process that `spawn` started.
stop_process() { ask_to_stop "$1"; await_end "$1" "${2:-10}"; }
ask_to_stop()  { local pid; ! pid=$(pid_of "$1") || kill "$pid" 2>/dev/null || true; }
await_end() {
  local pid
  within $(($2 * 10)) gone "$1" || {
    pid=$(pid_of "$1") && say "process $pid did not stop in $2 s and is killed" && kill -9 "$pid" 2>/dev/null || true
  }
  rm -f "$1"
}
