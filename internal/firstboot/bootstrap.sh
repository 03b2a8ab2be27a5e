#!/bin/bash
# User data: installs the packages and hands over to first-boot.sh, which says
# what the parameters mean. Amazon Linux 2023 packages certbot and its plug-in.
set -euo pipefail
umask 022

#@PARAMETERS@

mkdir -p /opt/portico
declare -p "${!PORTICO_@}" >/opt/portico/first-boot.env
cat >/opt/portico/first-boot.sh <<'END_OF_FIRST_BOOT'
@FIRST_BOOT@
END_OF_FIRST_BOOT
chmod 0755 /opt/portico/first-boot.sh

# Certificate authorities allow five failed validations an hour: try less often.
cat >/etc/systemd/system/portico-first-boot.service <<'UNIT'
[Unit]
Description=First boot of the TLS origin
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/bash -c 'source /opt/portico/first-boot.env && exec /opt/portico/first-boot.sh'
Restart=on-failure
RestartSec=15min

[Install]
WantedBy=multi-user.target
UNIT

until dnf -y -q install nginx certbot python3-certbot-dns-route53 logrotate; do
  echo "no packages yet, trying again" >&2
  sleep 10
done
systemctl daemon-reload
systemctl enable portico-first-boot.service
systemctl start --no-block portico-first-boot.service
