#!/bin/bash
# User data: installs the packages and hands over to first-boot.sh, which says
# what the parameters mean. Amazon Linux 2023 packages certbot and its plug-in.
set -euo pipefail
umask 022

@PARAMETERS@
PORTICO_REGION=$(cloud-init query region)
export PORTICO_REGION

mkdir -p /opt/portico
declare -p "${!PORTICO_@}" >/opt/portico/first-boot.env
cat >/opt/portico/first-boot.sh <<'END_OF_FIRST_BOOT'
@FIRST_BOOT@
END_OF_FIRST_BOOT
chmod 0755 /opt/portico/first-boot.sh

# An attempt fails twice at most, and certificate authorities allow five failed
# validations an hour.
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
RestartSec=30min

[Install]
WantedBy=multi-user.target
UNIT

packages=(nginx certbot python3-certbot-dns-route53 logrotate awscli-2)
for ((try = 1; ; try++)); do
  said=$(dnf -y -q install "${packages[@]}" 2>&1) && break
  echo "$said" >&2
  case $said in
    *'No match for argument'* | *'Unable to find a match'*)
      echo "the repository of this image has no such package: use Amazon Linux 2023, release 2023.3.20231211 or newer" >&2
      exit 1
      ;;
  esac
  ((try < 30)) || { echo "the packages could not be installed" >&2 && exit 1; }
  sleep 10
done
systemctl daemon-reload
systemctl enable portico-first-boot.service
systemctl start --no-block portico-first-boot.service
