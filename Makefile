# Every command works on copies under .portico/ and bin/, both ignored by git.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# The oldest Pulumi CLI that is accepted from PATH; else the pinned one is built into bin/.
PULUMI_MIN := 3.250.0
PULUMI_PIN := $(shell sed -n 's|.*github.com/pulumi/pulumi/pkg/v3 \(v[0-9.]*\).*|\1|p' tools/go.mod | head -n 1)

VARIANT ?=
STACK   ?= dev
ARGS    ?= $(if $(VARIANT),--config portico:variant=$(VARIANT))

MODULES := . local examples/consumer
export PATH := $(CURDIR)/bin:$(PATH)

.PHONY: help up serve destroy test lint fmt verify verify-path verify-first-boot verify-load pictures clean pulumi portico

help: ## show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'
	@echo
	@echo "  make up STACK=mine VARIANT=cloudfront-alb   another stack, another architecture"

up: pulumi portico ## bring a stack up on the embedded local AWS, and see what its traffic gets
	@bin/portico up --stack $(STACK) $(ARGS)

serve: pulumi portico ## keep a stack that is up serving on loopback, with curl lines to try
	@bin/portico serve --stack $(STACK)

destroy: pulumi portico ## take the stack down again
	@bin/portico destroy --stack $(STACK)

test: pulumi ## run every test of every module
	@set -e; for m in $(MODULES); do echo "== go test ./... in $$m"; (cd $$m && go test -timeout 30m ./...); done

lint: bin/golangci-lint ## run the linter over every module
	@set -e; for m in $(MODULES); do echo "== golangci-lint in $$m"; (cd $$m && golangci-lint run --allow-parallel-runners --config $(CURDIR)/.golangci.yml ./...); done

fmt: ## format every Go file
	@gofmt -w $$(git ls-files '*.go')

verify: lint test ## what CI runs: lint, tests, and the checks that need Debian packages
	@$(MAKE) --no-print-directory verify-path
	@$(MAKE) --no-print-directory verify-first-boot
	@$(MAKE) --no-print-directory verify-load
	@$(MAKE) --no-print-directory pictures
	@shellcheck $$(git ls-files '*.sh') .ci/run .ci/packages
	@bash .ci/tidy

verify-first-boot: bin/pebble pulumi ## run a TLSInstance's own script with real nginx, certbot and an ACME server
	@bash .ci/packages
	@cd local/firstboot && go test -race -tags firstboot -timeout 15m

verify-load: pulumi ## send 1,000 requests per second over 200 connections for 30 seconds
	@cd local && go test -count=1 -v -timeout 10m -run '^TestTheLoopbackPathCarriesLoad$$' . -load 30s

pictures: pulumi bin/d2 ## draw the stacks anew for the documentation
	@cd local && go test -count=1 -run '^TestPicturesShowTheStacks$$' . -args -redraw >/dev/null
	@set -e; for f in docs/pictures/*.d2; do \
	  d2 --layout dagre --theme 0 --pad 20 --omit-version $$f $${f%.d2}.svg 2>/dev/null; \
	  printf '<!-- source sha256 %s -->\n' "$$(sha256sum <$$f | cut -d' ' -f1)" >>$${f%.d2}.svg; done

# How many random configurations carry traffic.
CONFIGURATIONS ?= 5000

# The test binary by itself, so that its own last line is the last line.
verify-path: ## carry every case of a request path and 5,000 random configurations
	@go test -C local -c -o ../bin/verify-path ./agreement
	@cd local/agreement && ../../bin/verify-path -test.timeout 60m \
	  -test.run '^(TestEveryCaseAsTraffic|TestRegressions|TestRandomConfigurations)$$' -configurations $(CONFIGURATIONS)

clean: ## remove everything that was built and every local stack
	@rm -rf bin .portico

# A suitable pulumi on PATH is used as it is; else the pinned one is built, once.
pulumi:
	@v=$$(pulumi version 2>/dev/null | tr -d v); \
	if [ -n "$$v" ] && [ "$$(printf '%s\n' $(PULUMI_MIN) "$$v" | sort -V | head -n 1)" = "$(PULUMI_MIN)" ]; then exit 0; fi; \
	echo "building the Pulumi CLI $(PULUMI_PIN) into bin/ (once, about 3 minutes) ..."; \
	go build -C tools -trimpath -o ../bin/pulumi \
	  -ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$(PULUMI_PIN)" \
	  github.com/pulumi/pulumi/pkg/v3/cmd/pulumi

portico:
	@test -x bin/portico || echo "building bin/portico (the first build compiles the AWS SDK: about 5 minutes) ..."
	@go build -C local -o ../bin/portico ./cmd/portico

bin/d2: tools/go.mod
	@echo "building d2 into bin/ (once, about a minute) ..."
	@go build -C tools -trimpath -o ../bin/d2 oss.terrastruct.com/d2

bin/golangci-lint: tools/go.mod
	@echo "building the linter into bin/ (once, about 3 minutes) ..."
	@go build -C tools -trimpath -o ../bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

bin/pebble: tools/go.mod
	@go build -C tools -trimpath -o ../bin/pebble github.com/letsencrypt/pebble/v2/cmd/pebble
