#!/usr/bin/env bash
# Builds commands of the module local into bin/, and with them the Pulumi CLI
# unless a suitable one is on PATH. One go command builds all of it: what they
# share is compiled once, and no core is idle.
# usage: tools/build.sh [PACKAGE...]
set -euo pipefail
cd "$(dirname "$0")/../local"

oldest=$(sed -n 's/^const MinimumPulumi = "\(.*\)"/\1/p' engine/cli.go) # what is accepted from PATH; go.mod pins the one that is built
cli=github.com/pulumi/pulumi/pkg/v3/cmd/pulumi

suitable() {
  local found
  found=$(pulumi version 2>/dev/null | tr -d v) && [ "$(printf '%s\n' "$oldest" "$found" | sort -V | head -n 1)" = "$oldest" ]
}
suitable || set -- "$@" "$cli"
[ $# -gt 0 ] || exit 0

compiled=0 total=0 now="" next=10
progress() {
  [ "$next" -gt 10 ] || echo "building $* (on a new machine with 2 cores: about 7 minutes, once) ..."
  # Before the first package is compiled, go list would wait for every download.
  if [ "$compiled" -gt 0 ] && [ "$total" -eq 0 ]; then
    total=$(go list -deps "$@" | wc -l)
  fi
  printf '  %d:%02d  %d of at most %s packages: %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$compiled" "${total/#0/?}" "${now:-looking for what has changed}"
  next=$((SECONDS + 20))
}

[ -e ../bin/portico ] || echo "preparing to build $* ..." # go list may have to download a module first

# Fewer garbage collections compile a fifth quicker; the limit keeps the largest
# package, aws/ec2, at the memory that it takes without.
version=$(go list -m -f '{{.Version}}' github.com/pulumi/pulumi/pkg/v3)
GOGC=400 GOMEMLIMIT=3500MiB go build -v -o ../bin/ \
  -ldflags "$cli=-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$version" "$@" 2>&1 |
  while :; do
    if IFS= read -r -t 5 line; then
      case $line in
        "go: downloading "*) now="downloading ${line#go: downloading }" ;;
        *" "*) echo "$line" ;;
        *) compiled=$((compiled + 1)) now=$line ;; # go build -v prints the packages as it compiles them
      esac
    elif [ $? -le 128 ]; then
      break
    fi
    [ "$SECONDS" -lt "$next" ] || progress "$@"
  done
