# shellcheck shell=bash
# A private mail system under $STATE/mail: Dovecot keeps the mailboxes (IMAP, IMAPS, LMTP) and scripts/mail_server.py
# accepts mail by SMTP for it. Needs lib/common.sh, lib/packages.sh and lib/dovecot.sh.
#
#   destek@ornek.test     the desk's mailbox; every other address of that domain lands there too, as aliases do
#   musteri@ornek.test    the customers' mailbox; every address of any other domain lands there
#   <anything>@kutu.test  a mailbox of its own, made by its first mail or log-in: one for each test
# All have the same password. X-Original-To tells which address a mail was sent to.

mail_up() {
  local n
  if ! mail_runs; then
    find_dovecot || die "$MAIL_HELP"
    fetch_wheels "$ROOT/scripts/mail.lock" "the SMTP server, 0.2 MB" || die "the SMTP server could not be fetched with pip (Debian: python3-pip)"
    PYTHON=$(python_for_owner) || die "there is no python3 that user $OWNER can run; install Debian's python3"
    for n in 0 1 2; do              # another program may take a port first: then once more with the next ones
      mail_down
      mail_start "$n"
      ! within 100 mail_answers || break
      [ "$n" != 2 ] || mail_failed
    done
  fi
  cat "$STATE/mail.env"
}

mail_down() {
  stop_process "$STATE/mail/smtp.pid"
  stop_process "$STATE/mail/dovecot.pid"
}

mail_runs() {
  pid_of "$STATE/mail/dovecot.pid" && pid_of "$STATE/mail/smtp.pid" && [ -s "$STATE/mail.env" ]
} >/dev/null

# Whether both of our servers are alive and greet.
mail_answers() {
  mail_runs || return 1
  [[ $(greeting "$IMAP_PORT") == "* OK"* && $(greeting "$LMTP_PORT") == 220* && $(greeting "$SMTP_PORT") == 220* ]]
}
greeting() {
  local line=
  { exec 4<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 0
  read -r -t 2 line <&4 || true
  exec 4>&-
  printf '%s' "$line"
}

mail_failed() {
  tail -n 20 "$STATE/mail/dovecot.log" "$STATE/mail/dovecot.out" "$STATE/mail/smtp.log" >&2 || true
  mail_down
  die "the mail servers did not start; their logs are in $STATE/mail"
}

# mail_start <how far to move the first ports>
mail_start() {
  local dir=$STATE/mail password
  password=$(kept_secret "$STATE/mail.password")
  IMAP_PORT=$(free_port $((14143 + $1)))
  IMAPS_PORT=$(free_port $((14993 + $1)))
  LMTP_PORT=$(free_port $((14024 + $1)))
  SMTP_PORT=$(free_port $((14587 + $1)))
  mkdir -p "$dir"; chmod 755 "$dir"
  own_dirs "$dir/store"
  make_certificate "$dir/tls"
  dovecot_settings "$dir" "$password" | write_private "$dir/dovecot.conf"
  cp "$ROOT/scripts/mail_server.py" "$dir/mail_server.py"; chmod 644 "$dir/mail_server.py"
  rm -f "$(socket_dir "$dir")/master.pid"              # of a killed one; Dovecot would believe it while it is unreaped
  ulimit -n "$(ulimit -H -n)" 2>/dev/null || true      # every waiting IMAP client holds a process with a few files
  spawn "$dir/dovecot.pid" "$dir/dovecot.out" "$DOVECOT" -F -c "$dir/dovecot.conf"
  spawn "$dir/smtp.pid" "$dir/smtp.log" "${RUN[@]}" "PYTHONPATH=$WHEELS" "SMTP_PASSWORD_FILE=$dir/tls/password" \
    "$PYTHON" -B "$dir/mail_server.py" --port "$SMTP_PORT" --lmtp-port "$LMTP_PORT" --cert "$dir/tls/cert.pem" --key "$dir/tls/key.pem"
  mail_env "$password" | write_private "$STATE/mail.env"
}

# What programs and tests are told. The first group is the demo's mailbox, the second one is for tests only.
mail_env() {
  local ca=$STATE/mail/tls/cert.pem
  printf 'export %s=%q\n' \
    IMAP_HOST 127.0.0.1 IMAP_PORT "$IMAP_PORT" IMAP_TLS none IMAP_USER destek@ornek.test IMAP_PASS "$1" IMAP_CA "$ca" \
    SMTP_HOST 127.0.0.1 SMTP_PORT "$SMTP_PORT" SMTP_TLS none SMTP_USER '' SMTP_PASS '' SMTP_FROM destek@ornek.test SMTP_CA "$ca" \
    TEST_IMAP_HOST 127.0.0.1 TEST_IMAP_PORT "$IMAP_PORT" TEST_IMAPS_PORT "$IMAPS_PORT" TEST_IMAP_USER destek@ornek.test \
    TEST_IMAP_PASS "$1" TEST_IMAP_CA "$ca" TEST_CUSTOMER_USER musteri@ornek.test TEST_MAILBOX_DOMAIN kutu.test \
    TEST_SMTP_HOST 127.0.0.1 TEST_SMTP_PORT "$SMTP_PORT" TEST_LMTP_PORT "$LMTP_PORT"
}

# A certificate for localhost that vouches for itself: whoever must trust it is given it in place of a CA. It must not
# call itself one, as openssl's own configuration would have it: rustls takes no CA for a server.
make_certificate() {
  mkdir -p "$1"
  [ -s "$1/cert.pem" ] || {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=localhost \
      -config <(printf '[req]\ndistinguished_name = dn\n[dn]\n') -addext basicConstraints=critical,CA:FALSE \
      -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$1/key.pem" -out "$1/cert.new" >/dev/null 2>&1 </dev/null
    mv "$1/cert.new" "$1/cert.pem"
  }
  cp "$STATE/mail.password" "$1/password"
  chmod 755 "$1"; chmod 644 "$1/cert.pem"; chmod 600 "$1/key.pem" "$1/password"
  [ "$(id -u)" != 0 ] || chown "$OWNER" "$1/key.pem" "$1/password"
}
