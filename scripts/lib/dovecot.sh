# shellcheck shell=bash
# Finding, installing and configuring Dovecot 2.3 for lib/mail.sh. Needs lib/common.sh and lib/packages.sh.

MAIL_HELP="mail needs Dovecot 2.3, which this user cannot install. Ways on: (1) as root: apt-get install dovecot-imapd dovecot-lmtpd;
(2) set IMAP_HOST and SMTP_HOST (with _PORT, _TLS, _USER, _PASS) to a mailbox of your own; (3) ASISTTR_MAIL=off runs without mail."

# Sets DOVECOT; installs it where that is possible.
find_dovecot() {
  local version
  dovecot_is_there || { install_dovecot && dovecot_is_there; } || return 1
  version=$("$DOVECOT" --version)
  case $version in 2.3.*) ;; *) die "the installed Dovecot is $version, these settings are for 2.3. $MAIL_HELP" ;; esac
}
dovecot_is_there() {
  local dir
  DOVECOT=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v dovecot) || return 1
  for dir in /usr/lib/dovecot /usr/libexec/dovecot /usr/local/libexec/dovecot; do
    [ ! -x "$dir/imap" ] || [ ! -x "$dir/lmtp" ] || return 0
  done
  return 1
}

# The package starts a machine-wide server and enables it for the next boot; nobody asked us for that.
install_dovecot() {
  local policy=/usr/sbin/policy-rc.d made=0 code=0
  if [ "$(id -u)" = 0 ] && [ ! -e "$policy" ] && [ -d /usr/sbin ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"; chmod 755 "$policy"; made=1
  fi
  apt_install dovecot-imapd dovecot-lmtpd openssl || code=1
  [ $made = 0 ] || rm -f "$policy"
  [ "$(id -u)" != 0 ] || ! command -v systemctl >/dev/null || systemctl disable --quiet dovecot.service dovecot.socket 2>/dev/null || true
  return $code
}

# dovecot_settings <directory> <password>: prints the configuration for the ports in IMAP_PORT, IMAPS_PORT, LMTP_PORT.
dovecot_settings() {
  local dir=$1 password=$2 sockets uid gid
  uid=$("${RUN[@]}" id -u) gid=$("${RUN[@]}" id -g)
  sockets=$(socket_dir "$dir")
  cat <<CONF
base_dir = $sockets
state_dir = $dir
log_path = $dir/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
$(unprivileged_users)
first_valid_uid = 1
mail_uid = $uid
mail_gid = $gid
mail_home = $dir/store/%Lu
mail_location = maildir:~/Maildir
# A test mailbox need not outlive a power cut.
mail_fsync = never
# Many clients wait in IDLE; where the kernel's inotify instances run out, Dovecot looks this often.
mailbox_idle_check_interval = 1 secs
mail_max_userip_connections = 2000
auth_failure_delay = 0
recipient_delimiter = +
auth_mechanisms = plain login
auth_username_format = %Lu
auth_cache_size = 1M
disable_plaintext_auth = no
ssl = yes
ssl_cert = <$dir/tls/cert.pem
ssl_key = <$dir/tls/key.pem
passdb {
  driver = static
  username_filter = destek@ornek.test musteri@ornek.test *@kutu.test
  args = password=$password
}
# Any other name is refused here; without a second list the answer would be "temporary failure".
passdb {
  driver = passwd-file
  args = /dev/null
}
userdb {
  driver = static
  args = uid=$uid gid=$gid home=$dir/store/%Lu allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Processed {
    auto = create
  }
  mailbox Junk {
    auto = create
    special_use = \\Junk
  }
}
service imap-login {
  $(no_chroot)
  # One process for many log-ins: hundreds of clients connect at once in the drills.
  service_count = 0
  process_limit = 2
  client_limit = 2000
  inet_listener imap {
    address = 127.0.0.1
    port = $IMAP_PORT
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = $IMAPS_PORT
    ssl = yes
  }
}
service imap {
  process_limit = 2000
}
service anvil {
  $(no_chroot)
  client_limit = 5000
}
service auth {
  client_limit = 5000
}
service stats {
  client_limit = 5000
}
service lmtp {
  process_limit = 100
  inet_listener lmtp {
    address = 127.0.0.1
    port = $LMTP_PORT
  }
}
CONF
}

# An ordinary user cannot become Dovecot's own users, nor chroot.
unprivileged_users() {
  [ "$(id -u)" != 0 ] || return 0
  printf '%s\n' "default_internal_user = $(id -un)" "default_internal_group = $(id -gn)" "default_login_user = $(id -un)"
}
no_chroot() { [ "$(id -u)" = 0 ] || echo "chroot ="; }

# Prints where the UNIX sockets go: their paths may be no longer than 107 bytes, so a deep checkout uses /tmp.
socket_dir() {
  local short
  if [ ${#1} -le 75 ]; then echo "$1/run"; return 0; fi
  short=/tmp/asisttr-$(id -u)-$(printf %s "$1" | cksum | cut -d' ' -f1)
  mkdir -p "$short" && [ -O "$short" ] || die "$short belongs to another user"
  chmod 755 "$short"
  echo "$short/run"
}
