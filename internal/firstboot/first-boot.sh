#!/bin/bash
# Turns a machine into a TLS origin: nginx, with a certificate that renews itself.
#
#   first-boot.sh [render|certify|schedule|serve]
#
#   render    write nginx's configuration, and a page if there is none
#   certify   obtain the certificate, unless there is one
#   schedule  write the units that keep nginx running and the certificate fresh
#   serve     start nginx, or have it read its configuration again
#
# Without an argument all four, in this order. Running it again is harmless: it
# never asks for a second certificate, of which authorities issue few per week.
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
expect PORTICO_LOG_DIR "$path"
expect PORTICO_PID_FILE "$path"
expect PORTICO_UNIT_DIR "$path"

conf=$PORTICO_PREFIX/nginx.conf
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
  local user='' types='' location="root $html;"
  # Workers give up root's privileges, where there is no user nginx to the one
  # that nginx was built for; without root there is nothing to give up.
  ((EUID == 0)) && id -u nginx &>/dev/null && user='user nginx;'
  [[ -r /etc/nginx/mime.types ]] && types='include /etc/nginx/mime.types;'
  ((10#$PORTICO_APP_PORT == 0)) || location=$(proxy)
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
  server {
    # HTTP/1.1 and one server for all names: CloudFront speaks nothing newer to
    # origins, and the Host it sends may be the viewers' name.
    listen $PORTICO_HTTPS_PORT ssl default_server;
    server_name _;
    ssl_certificate $live/fullchain.pem;
    ssl_certificate_key $live/privkey.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384;
    ssl_session_cache shared:portico:1m;
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
      proxy_set_header Upgrade \$http_upgrade;
      proxy_set_header Connection \$connection_upgrade;
      # How much it takes is the application's decision.
      client_max_body_size 0;
PROXY
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
  certbot certonly --non-interactive --agree-tos "${account[@]}" \
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
  on_systemd || return 0
  systemctl daemon-reload
  systemctl enable portico-nginx.service
  systemctl enable --now portico-renew.timer
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
}

case ${1:-all} in
  render | certify | schedule | serve) "$1" ;;
  all)
    render
    certify
    schedule
    serve
    ;;
  *) fail "no such step: $1" ;;
esac
