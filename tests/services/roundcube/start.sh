#!/usr/bin/env bash
# A real webmail on loopback: exim (SMTP) -> Dovecot (LMTP, IMAP) <- Roundcube on PHP's own server.
#
# Nothing of the system's configuration is read or changed. Any user may start it; started by root,
# the services run as nobody. Every address at $MAIL_DOMAIN exists and has the same password.
#
#   RUN          state folder, wiped at start        (/tmp/sotto-roundcube-$HTTP_PORT)
#   HTTP_PORT    Roundcube                           (18080)
#   IMAP_PORT, LMTP_PORT, SMTP_PORT                  (18143, 18024, 18025)
#   MAIL_DOMAIN  needs a dot, or Roundcube refuses   (mail.example)
#   MAIL_PASS    password of every mailbox           (secret)
#   HTMLEDITOR   0 plain compose, 1 always TinyMCE   (0)
#
# Debian: roundcube-core roundcube-sqlite3 php-cli dovecot-imapd dovecot-lmtpd exim4-daemon-light
set -euo pipefail

http=${HTTP_PORT:-18080}
imap=${IMAP_PORT:-18143}
lmtp=${LMTP_PORT:-18024}
smtp=${SMTP_PORT:-18025}
domain=${MAIL_DOMAIN:-mail.example}
pass=${MAIL_PASS:-secret}
run=${RUN:-${TMPDIR:-/tmp}/sotto-roundcube-$http} # short: Dovecot puts sockets there

user=$(id -un) group=$(id -gn) as=()
if [ "$(id -u)" = 0 ]; then
    user=nobody group=nogroup
    as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi

write_dovecot() {
    cat >"$run/dovecot.conf" <<CONF
base_dir = $run/dovecot
state_dir = $run/dovecot
log_path = $run/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp
ssl = no
disable_plaintext_auth = no
first_valid_uid = 1
default_internal_user = $user
default_internal_group = $group
default_login_user = $user
mail_location = maildir:$run/mail/%n
passdb {
  driver = static
  args = password=$pass
}
userdb {
  driver = static
  args = uid=$user gid=$group home=$run/mail/%n allow_all_users=yes
}
namespace inbox {
  inbox = yes
$(for folder in Drafts Sent Trash Junk; do
        printf '  mailbox %s {\n    auto = subscribe\n    special_use = \\%s\n  }\n' $folder $folder
    done)
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $imap
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = $lmtp
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
CONF
}

write_exim() {
    cat >"$run/exim.conf" <<CONF
exim_path = /usr/sbin/exim4
exim_user = $user
exim_group = $group
never_users =
keep_environment =
spool_directory = $run/exim
log_file_path = $run/exim/%slog
pid_file_path = $run/exim/exim.pid
primary_hostname = $domain
domainlist local_domains = $domain
local_interfaces = 127.0.0.1
daemon_smtp_ports = $smtp
tls_advertise_hosts =
message_size_limit = 64M
acl_smtp_rcpt = only_here
begin acl
only_here:
  accept hosts = 127.0.0.1
         domains = +local_domains
  deny
begin routers
mailbox:
  driver = accept
  domains = +local_domains
  transport = dovecot
begin transports
dovecot:
  driver = smtp
  protocol = lmtp
  hosts = 127.0.0.1
  hosts_override
  allow_localhost
  port = $lmtp
CONF
}

write_roundcube() {
    ln -s /etc/roundcube/defaults.inc.php /etc/roundcube/mimetypes.php "$run/roundcube/config/"
    cat >"$run/roundcube/config/config.inc.php" <<CONF
<?php
\$config = [
    'db_dsnw' => 'sqlite:///$run/roundcube/db.sqlite?mode=0640',
    'imap_host' => '127.0.0.1:$imap',
    'smtp_host' => '127.0.0.1:$smtp',
    'smtp_user' => '',
    'smtp_pass' => '',
    'username_domain' => '$domain',
    'mail_domain' => '$domain',
    'des_key' => 'tests-only-24-characters',
    'temp_dir' => '$run/roundcube/temp',
    'log_dir' => '$run/roundcube/logs',
    'plugins' => [],
    'skin' => 'elastic',
    'language' => 'en_US',
    'enable_spellcheck' => false,
    'htmleditor' => ${HTMLEDITOR:-0},
    'prefer_html' => true,
    'auto_create_user' => true,
    'session_lifetime' => 600,
    'support_url' => '',
];
CONF
    cat >"$run/roundcube/php.ini" <<CONF
session.save_path = $run/roundcube/temp
upload_max_filesize = 32M
post_max_size = 33M
opcache.enable_cli = 1
CONF
    php -r '(new PDO("sqlite:$argv[1]"))->exec(file_get_contents($argv[2]));' \
        "$run/roundcube/db.sqlite" /usr/share/roundcube/SQL/sqlite.initial.sql
}

# Each service leaves our terminal and our pipes: a caller that reads them would wait for ever.
launch() {
    "${as[@]}" /usr/sbin/dovecot -c "$run/dovecot.conf" >"$run/dovecot.out" 2>&1 </dev/null
    "${as[@]}" /usr/sbin/exim4 -C "$run/exim.conf" -bd -q30s >"$run/exim.out" 2>&1 </dev/null
    ROUNDCUBE_CONFIG_DIR="$run/roundcube/config" PHP_CLI_SERVER_WORKERS=4 \
        TMPDIR="$run/roundcube/temp" setsid "${as[@]}" \
        php -c "$run/roundcube/php.ini" -S "127.0.0.1:$http" -t /var/lib/roundcube/public_html \
        >"$run/php.log" 2>&1 </dev/null &
    echo $! >"$run/php.pid"
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

ready() {
    listening "$imap" && listening "$lmtp" && listening "$smtp" &&
        curl -fs -o /dev/null "http://127.0.0.1:$http/?_task=login"
}

for port in "$http" "$imap" "$lmtp" "$smtp"; do
    ! listening "$port" || { echo "port $port of 127.0.0.1 is taken" >&2; exit 1; }
done
rm -rf "$run"
mkdir -p "$run"/{dovecot,mail,exim} "$run"/roundcube/{config,temp,logs}
write_dovecot
write_exim
write_roundcube
[ "$(id -u)" != 0 ] || chown -R $user:$group "$run"
launch
for _ in $(seq 1200); do
    ready && { echo "ready http://127.0.0.1:$http/ any name at $domain, password $pass"; exit 0; }
    sleep 0.1
done
echo "Roundcube is not ready; what the services said:" >&2
tail -n 20 "$run"/*.out "$run"/*.log >&2
exit 1
