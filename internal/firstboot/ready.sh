#!/bin/bash
# Ends well when the TLS origin serves, and with the reason when it does not.
failed() {
  echo "the TLS origin is not ready: $1"
  tail -n 20 /var/log/cloud-init-output.log
  journalctl --quiet --no-pager --output cat --lines 30 --unit portico-first-boot.service
  exit 1
} >&2
# An attempt that has failed is made again; one under way is waited for.
timeout @SECONDS@ bash -c 'cloud-init status --wait >/dev/null; systemctl start portico-first-boot.service' ||
  failed "no certificate within @SECONDS@ seconds, or no attempt succeeded"
# shellcheck source=/dev/null
source /opt/portico/first-boot.env
/opt/portico/first-boot.sh refresh @VERSION@ || failed "nginx does not answer"
