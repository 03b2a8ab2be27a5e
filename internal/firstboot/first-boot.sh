#!/bin/bash
# Turns a machine into a TLS origin: nginx, with a certificate that renews itself.
#
#   first-boot.sh [render|secret|certify|schedule|serve|report]
#
#   render    write nginx's configuration, and a page if there is none
#   secret    read the origin secret
#   certify   obtain the certificate, unless there is one
#   schedule  write the units that keep nginx running and the certificate fresh
#   serve     start nginx, or have it read its configuration again, and see it answer
#   report    send the number of days that the certificate is still valid
#
# Without an argument all of them, in this order. Running it again is harmless: it
# never asks for a second certificate, of which authorities issue few per week.
#
#   first-boot.sh refresh [VERSION]   read the secret again, at least this version
#                                     of the parameter, and have nginx ask for it
#   first-boot.sh update              install security updates
#
# It writes into PORTICO_PREFIX only, unless told otherwise, and needs no
# privileges there: in any folder, on any port, against any ACME server it does
# what it does on an instance, but for switching the units on.
#
#   PORTICO_CERTIFICATE_NAMES  names on the certificate, comma-separated
#   PORTICO_PREFIX             absolute path of the folder
#   PORTICO_ACME_URL           directory of the ACME server. Default: Let's Encrypt
#   PORTICO_ACME_EMAIL         address of the ACME account. Default: none
#   PORTICO_HTTPS_PORT         port to listen on. Default: 443
#   PORTICO_APP_PORT           port of an application on 127.0.0.1 that requests
#                              are passed to. Default: 0, serve files from
#                              $PORTICO_PREFIX/html
#   PORTICO_SECRET_PARAMETER   ARN of the parameter with the values that are accepted
#                              in the header, comma-separated. Default: none, answer
#                              everybody
#   PORTICO_SECRET_HEADER      name of the header. Default: X-Origin-Verify
#   PORTICO_REGION             Region of the metric and the parameter. Default: none,
#                              send no metric
#   PORTICO_ORIGIN             dimension of the metric. Default: the first name
#   PORTICO_TRIES              how often to look for the secret and for nginx's answer.
#                              Default: 30
#   PORTICO_PAUSE              seconds between two attempts at the certificate.
#                              Default: 60
#   PORTICO_LOG_DIR            Default: $PORTICO_PREFIX/logs
#   PORTICO_PID_FILE           Default: $PORTICO_PREFIX/nginx.pid
#   PORTICO_UNIT_DIR           folder for systemd units; only in
#                              /etc/systemd/system are they switched on.
#                              Default: $PORTICO_PREFIX/units
set -euo pipefail
umask 022

fail() {
  echo "first-boot: $*" >&2
  exit 2
}

# expect NAME PATTERN: what is written into configuration files must not be able
# to break out of its place there.
expect() {
  [[ ${!1} =~ ^($2)$ ]] || fail "$1 must match $2, got: ${!1}"
}

: "${PORTICO_CERTIFICATE_NAMES:?names on the certificate, comma-separated}"
: "${PORTICO_PREFIX:?absolute path of the folder}"
: "${PORTICO_ACME_URL:=https://acme-v02.api.letsencrypt.org/directory}"
: "${PORTICO_ACME_EMAIL:=}"
: "${PORTICO_HTTPS_PORT:=443}"
: "${PORTICO_APP_PORT:=0}"
: "${PORTICO_SECRET_PARAMETER:=}"
: "${PORTICO_SECRET_HEADER:=X-Origin-Verify}"
: "${PORTICO_REGION:=}"
: "${PORTICO_ORIGIN:=${PORTICO_CERTIFICATE_NAMES%%,*}}"
: "${PORTICO_TRIES:=30}"
: "${PORTICO_PAUSE:=60}"
: "${PORTICO_LOG_DIR:=$PORTICO_PREFIX/logs}"
: "${PORTICO_PID_FILE:=$PORTICO_PREFIX/nginx.pid}"
: "${PORTICO_UNIT_DIR:=$PORTICO_PREFIX/units}"

path='/[A-Za-z0-9._/-]+'
name='(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?'
expect PORTICO_CERTIFICATE_NAMES "$name(,$name)*"
expect PORTICO_PREFIX "$path"
expect PORTICO_ACME_URL 'https://[^[:space:]]+'
expect PORTICO_ACME_EMAIL '|[^[:space:]@]+@[^[:space:]@]+'
expect PORTICO_HTTPS_PORT '[0-9]{1,5}'
expect PORTICO_APP_PORT '[0-9]{1,5}'
expect PORTICO_SECRET_PARAMETER '|arn:[a-z-]+:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9._/-]+'
expect PORTICO_SECRET_HEADER '[A-Za-z0-9-]+'
expect PORTICO_REGION '[a-z0-9-]*'
expect PORTICO_ORIGIN "$name"
expect PORTICO_TRIES '[0-9]{1,3}'
expect PORTICO_PAUSE '[0-9]{1,3}'
expect PORTICO_LOG_DIR "$path"
expect PORTICO_PID_FILE "$path"
expect PORTICO_UNIT_DIR "$path"

export AWS_DEFAULT_REGION=$PORTICO_REGION
conf=$PORTICO_PREFIX/nginx.conf
accepted=$PORTICO_PREFIX/secret.conf
self=$(realpath "$0")
html=$PORTICO_PREFIX/html
live=$PORTICO_PREFIX/certbot/live/portico
# Until it has read its configuration nginx logs to a file of its package's choice.
nginx=(nginx -p "$PORTICO_PREFIX" -c "$conf" -e "$PORTICO_LOG_DIR/error.log")
certbot_dirs=(
  --config-dir "$PORTICO_PREFIX/certbot"
  --work-dir "$PORTICO_PREFIX/certbot-work"
  --logs-dir "$PORTICO_LOG_DIR/certbot"
)

# put FILE: replaces it by standard input, at once or not at all.
put() {
  cat >"$1.new"
  mv -f "$1.new" "$1"
}

# step NAME: the command by which a unit runs a step of this script.
step() {
  echo "/bin/bash -c 'source ${self%.sh}.env && exec $self $1'"
}

on_systemd() {
  [[ $PORTICO_UNIT_DIR == /etc/systemd/system ]]
}

render() {
  mkdir -p "$html" "$PORTICO_PREFIX/tmp" "$PORTICO_LOG_DIR"
  [[ -e $html/index.html ]] || put "$html/index.html" <<'PAGE'
<!doctype html>
<html lang="en">
<title>It works</title>
<p>This origin answers over HTTPS.
</html>
PAGE
  local user='' types='' location="root $html;" map='' guard=''
  # Workers give up root's privileges, where there is no user nginx to the one
  # that nginx was built for; without root there is nothing to give up.
  ((EUID == 0)) && id -u nginx &>/dev/null && user='user nginx;'
  [[ -r /etc/nginx/mime.types ]] && types='include /etc/nginx/mime.types;'
  ((10#$PORTICO_APP_PORT == 0)) || location=$(proxy)
  if [[ -n $PORTICO_SECRET_PARAMETER ]]; then
    map="include $accepted;"
    guard="if (\$portico_accepted = 0) { return 403; }"
  fi
  put "$conf" <<NGINX
$user
worker_processes auto;
pid $PORTICO_PID_FILE;
error_log $PORTICO_LOG_DIR/error.log;
events {
  worker_connections 1024;
}
http {
  $types
  default_type application/octet-stream;
  access_log $PORTICO_LOG_DIR/access.log;
  server_tokens off;
  # The name and the port here are the origin's, where viewers are not let in.
  absolute_redirect off;
  # CloudFront is the one to give up, on requests as on idle connections: it waits
  # 120 s at most, and a connection closed under a request is a 502 of its own.
  keepalive_timeout 130s;
  proxy_read_timeout 130s;
  client_body_temp_path $PORTICO_PREFIX/tmp/body;
  proxy_temp_path $PORTICO_PREFIX/tmp/proxy;
  fastcgi_temp_path $PORTICO_PREFIX/tmp/fastcgi;
  uwsgi_temp_path $PORTICO_PREFIX/tmp/uwsgi;
  scgi_temp_path $PORTICO_PREFIX/tmp/scgi;
  map \$http_upgrade \$connection_upgrade {
    default upgrade;
    '' close;
  }
  $map
  server {
    $guard
    # HTTP/1.1 and one server for all names: CloudFront speaks nothing newer to
    # origins, and the Host it sends may be the viewers' name.
    listen $PORTICO_HTTPS_PORT ssl default_server;
    server_name _;
    ssl_certificate $live/fullchain.pem;
    ssl_certificate_key $live/privkey.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384;
    ssl_session_cache shared:portico:1m;
    location = /.portico/ready {
      if (\$remote_addr != 127.0.0.1) { return 404; }
      return 204;
    }
    location / {
      $location
    }
  }
}
NGINX
}

proxy() {
  cat <<PROXY
proxy_pass http://127.0.0.1:$PORTICO_APP_PORT;
      proxy_http_version 1.1;
      proxy_set_header Host \$host;
      proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto \$scheme;
      proxy_set_header $PORTICO_SECRET_HEADER '';
      proxy_set_header Upgrade \$http_upgrade;
      proxy_set_header Connection \$connection_upgrade;
      # How much it takes is the application's decision.
      client_max_body_size 0;
PROXY
}

# secret [VERSION] writes the part of nginx's configuration that knows the accepted
# values. Of a version that is not there yet, or permissions, another try may find
# more. nginx compares map's own strings without regard to case; patterns it does not.
secret() {
  [[ -n $PORTICO_SECRET_PARAMETER ]] || return 0
  local answer version values value try variable=${PORTICO_SECRET_HEADER,,}
  for ((try = 1; ; try++)); do
    answer=$(aws ssm get-parameter --with-decryption --name "$PORTICO_SECRET_PARAMETER" \
      --query 'Parameter.[Version,Value]' --output text) || answer='0 '
    read -r version values <<<"$answer"
    ((version < ${1:-1})) || break
    ((try < PORTICO_TRIES)) || fail "no version ${1:-1} of $PORTICO_SECRET_PARAMETER can be read"
    sleep 2
  done
  [[ $values =~ ^[A-Za-z0-9]+(,[A-Za-z0-9]+)*$ ]] || fail "$PORTICO_SECRET_PARAMETER must hold letters and digits, comma-separated"
  (
    umask 077
    echo "map \$http_${variable//-/_} \$portico_accepted {"
    echo '  default 0;'
    for value in ${values//,/ }; do echo "  \"~^$value\$\" 1;"; done
    echo '}'
  ) | (umask 077 && put "$accepted")
}

# refresh [VERSION] leaves nginx alone unless the secret has changed.
refresh() {
  local before=''
  [[ ! -s $accepted ]] || before=$(<"$accepted")
  secret "${1:-1}"
  if [[ -n $PORTICO_SECRET_PARAMETER && $(<"$accepted") != "$before" ]]; then serve; else answers; fi
}

# certify proves control of the names by TXT records in Route 53, so nothing
# needs to reach this machine. The key is one that CloudFront accepts of origins.
certify() {
  reload_hook
  if [[ -s $live/fullchain.pem && -s $live/privkey.pem ]]; then
    echo "first-boot: there is a certificate; its renewal is the timer's"
    return
  fi
  local account=(--register-unsafely-without-email)
  [[ -z $PORTICO_ACME_EMAIL ]] || account=(--email "$PORTICO_ACME_EMAIL" --no-eff-email)
  # A role that was made a moment ago may not be known everywhere: a second attempt.
  # Authorities allow five failures per hour.
  obtain "${account[@]}" && return
  sleep "$PORTICO_PAUSE"
  obtain "${account[@]}"
}

obtain() {
  certbot certonly --non-interactive --agree-tos "$@" \
    --server "$PORTICO_ACME_URL" --dns-route53 \
    --key-type ecdsa --elliptic-curve secp256r1 \
    --cert-name portico --domains "$PORTICO_CERTIFICATE_NAMES" "${certbot_dirs[@]}"
}

# reload_hook writes what certbot runs after it has obtained a certificate.
reload_hook() {
  local hooks=$PORTICO_PREFIX/certbot/renewal-hooks/deploy
  mkdir -p "$hooks"
  put "$hooks/reload-nginx" <<HOOK
#!/bin/sh
# nginx reads a certificate when it starts or reloads, not when the file changes.
[ ! -s $PORTICO_PID_FILE ] || exec ${nginx[*]} -s reload
HOOK
  chmod 0755 "$hooks/reload-nginx"
}

schedule() {
  mkdir -p "$PORTICO_UNIT_DIR"
  local start certbot
  start="$(command -v nginx) ${nginx[*]:1}"
  certbot=$(command -v certbot)
  put "$PORTICO_UNIT_DIR/portico-nginx.service" <<UNIT
[Unit]
Description=nginx of the TLS origin
Wants=network-online.target
After=network-online.target

[Service]
Type=forking
PIDFile=$PORTICO_PID_FILE
ExecStartPre=$start -t -q
ExecStart=$start
ExecReload=$start -s reload
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
UNIT
  put "$PORTICO_UNIT_DIR/portico-renew.service" <<UNIT
[Unit]
Description=Renewal of the TLS origin's certificate
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=$certbot renew --quiet ${certbot_dirs[*]}
ExecStopPost=$(step report)
UNIT
  put "$PORTICO_UNIT_DIR/portico-renew.timer" <<'UNIT'
[Unit]
Description=Twice a day, look whether the certificate is due for renewal

[Timer]
OnCalendar=*-*-* 00,12:00:00
RandomizedDelaySec=6h
Persistent=true

[Install]
WantedBy=timers.target
UNIT
  [[ -z $PORTICO_SECRET_PARAMETER ]] || job refresh 'Secret of the TLS origin' 'OnBootSec=1min
OnUnitActiveSec=5min'
  job update 'Security updates of the TLS origin' 'OnCalendar=*-*-* 03:00:00
RandomizedDelaySec=3h'
  on_systemd || return 0
  systemctl daemon-reload
  systemctl enable portico-nginx.service
  systemctl enable --now portico-renew.timer portico-update.timer
  [[ -z $PORTICO_SECRET_PARAMETER ]] || systemctl enable --now portico-refresh.timer
}

# job STEP DESCRIPTION WHEN writes the units that run a step of this script.
job() {
  put "$PORTICO_UNIT_DIR/portico-$1.service" <<UNIT
[Unit]
Description=$2
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=$(step "$1")
UNIT
  put "$PORTICO_UNIT_DIR/portico-$1.timer" <<UNIT
[Unit]
Description=$2

[Timer]
$3

[Install]
WantedBy=timers.target
UNIT
}

serve() {
  "${nginx[@]}" -t -q
  if on_systemd; then
    systemctl reload-or-restart portico-nginx.service
  elif [[ -s $PORTICO_PID_FILE ]] && kill -0 "$(<"$PORTICO_PID_FILE")" 2>/dev/null; then
    "${nginx[@]}" -s reload
  else
    "${nginx[@]}"
  fi
  answers
}

# answers waits until nginx answers here, and with a secret until it accepts that.
answers() {
  local try status header=()
  [[ ! -s $accepted ]] || header=(--header @-)
  for ((try = 1; ; try++)); do
    status=$(sent | curl --silent --insecure --noproxy '*' --max-time 5 --output /dev/null --write-out '%{http_code}' \
      "${header[@]}" "https://127.0.0.1:$PORTICO_HTTPS_PORT/.portico/ready") || status=${status:-000}
    [[ $status != 204 ]] || return 0
    ((try < PORTICO_TRIES)) || fail "nginx answers $status instead of 204"
    sleep 1
  done
}

# sent is the header that is sent: the first value. It is on no command line.
sent() {
  [[ ! -s $accepted ]] || sed -nE "s/^  \"~\^(.*)\\\$\" 1;/$PORTICO_SECRET_HEADER: \1/p;" "$accepted" | head -n 1
}

# report runs after every renewal, also one that failed.
report() {
  local end days
  [[ ${SERVICE_RESULT:-success} == success ]] || echo "first-boot: the renewal failed: $SERVICE_RESULT" >&2
  end=$(openssl x509 -noout -enddate -in "$live/fullchain.pem")
  days=$((($(date -d "${end#*=}" +%s) - $(date +%s)) / 86400))
  echo "first-boot: the certificate is valid for $days days"
  [[ -n $PORTICO_REGION ]] || return 0
  aws cloudwatch put-metric-data --namespace Portico/TLSInstance --metric-name CertificateDaysLeft \
    --dimensions "Origin=$PORTICO_ORIGIN" --value "$days" || echo "first-boot: no metric was sent" >&2
}

# update installs what security advisories ask for, up to the newest release: packages
# of an image stay at its release otherwise. nginx is started anew if it or a library
# of its was replaced; the kernel waits for a reboot.
# https://docs.aws.amazon.com/linux/al2023/ug/deterministic-upgrades-usage.html
update() {
  dnf -y -q upgrade --security --releasever=latest
  if grep -qE '(nginx|\.so[^ ]*) \(deleted\)' "/proc/$(<"$PORTICO_PID_FILE")/maps"; then
    systemctl restart portico-nginx.service
  fi
}

case ${1:-all} in
  render | certify | schedule | serve | report | update) "$1" ;;
  secret | refresh) "$@" ;;
  all)
    render
    secret
    certify
    schedule
    serve
    report
    ;;
  *) fail "no such step: $1" ;;
esac
