# shellcheck shell=bash
# The project's own programs as processes of their own, one for each Procfile line: pid files and logs in $RUN_DIR.
# Needs lib/common.sh and an entered state.

# Prints the names of the Procfile's lines.
program_names() { sed -nE 's/^([a-z-]+):.*/\1/p' "$ROOT/Procfile"; }

# start_program <name> <directory of the programs>
start_program() {
  local command
  command=$(sed -nE "s/^$1:[[:space:]]*//p" "$ROOT/Procfile")
  # shellcheck disable=SC2086  # a Procfile line is words
  (cd "$ROOT" && PATH="$2:$PATH" spawn "$RUN_DIR/$1.pid" "$RUN_DIR/$1.log" env $command)
}

# Asks all of them at once, then waits for each: a worker may take 30 s to finish or release its jobs.
stop_programs() {
  local file
  for file in "$RUN_DIR"/*.pid; do ask_to_stop "$file"; done
  for file in "$RUN_DIR"/*.pid; do [ ! -e "$file" ] || await_end "$file" 35; done
}

# Prints the names of programs that were started and have ended.
ended_programs() {
  local file
  for file in "$RUN_DIR"/*.pid; do [ ! -e "$file" ] || pid_of "$file" >/dev/null || basename "$file" .pid; done
}
