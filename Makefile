# Every command works on copies under .portico/ and bin/, both ignored by git.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VARIANT ?=
STACK   ?= dev
ARGS    ?= $(if $(VARIANT),--config portico:variant=$(VARIANT))

MODULES := . local examples/consumer
TESTED  := . local
export PATH := $(CURDIR)/bin:$(PATH)

# Test binaries without debugging tables link in half the time. The linter runs vet, on fewer
# packages than go test, which would vet the AWS SDK first.
GO_TEST := go test -vet=off -ldflags='-s -w'

# What make verify runs after lint and test, one after the other.
LONG_CHECKS := verify-plans verify-path verify-variants verify-examples verify-first-boot verify-migration verify-load pictures

.PHONY: help up serve destroy test lint fmt verify $(LONG_CHECKS) clean pulumi portico

help: ## show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'
	@echo
	@echo "  make up STACK=mine VARIANT=cloudfront-alb   another stack, another variant"

up: portico ## bring a stack up on the local AWS, send it requests
	@bin/portico up --stack $(STACK) $(ARGS)

serve: portico ## serve a stack that is up on loopback
	@bin/portico serve --stack $(STACK)

destroy: portico ## take the stack down again
	@bin/portico destroy --stack $(STACK)

test: pulumi ## run every test but the long ones of make verify
	@$(MAKE) --no-print-directory --jobs --output-sync=target $(TESTED:%=test-in/%)

# This test alone takes a tenth of the time of all the others; make verify-variants runs it.
LONG_TESTS := ^TestTheCLIAndTheEngineInProcessAgree$$

# The modules' tests run in parallel, and more packages and more of their tests than there are
# processors, because many of them wait. Those of the command wait most, for the CLI, so they
# start first.
test-in/%:
	@echo "== go test ./... in $*"
	@cd $* && GOGC=400 $(GO_TEST) -p 3 -parallel 4 -timeout 10m -skip '$(LONG_TESTS)' $$(test ! -d cmd || echo ./cmd/...) $$(go list ./... | grep -v /examples/)

lint: bin/golangci-lint ## run the linter over every module
	@set -e; for m in $(MODULES); do echo "== golangci-lint in $$m"; (cd $$m && golangci-lint run --allow-parallel-runners --config $(CURDIR)/.golangci.yml ./...); done

fmt: ## format every Go file
	@gofmt -w $$(git ls-files '*.go')

verify: lint test ## run what CI runs: lint, test and the long checks
	@set -e; for check in $(LONG_CHECKS); do echo "== $$check"; $(MAKE) --no-print-directory $$check; done
	@shellcheck $$(git ls-files '*.sh') .ci/run .ci/packages .ci/release
	@bash .ci/tidy

verify-first-boot: bin/pebble pulumi ## run a TLSInstance's script with nginx and certbot
	@bash .ci/packages
	@cd local/firstboot && go test -vet=off -race -tags firstboot -timeout 15m

verify-migration: ## run the function that runs migrations, in Python
	@bash .ci/packages
	@$(GO_TEST) -tags python ./internal/taskrunner

verify-load: pulumi ## send 1,000 requests per second for 30 seconds
	@cd local && $(GO_TEST) -count=1 -v -timeout 10m -run '^TestTheLoopbackPathCarriesLoad$$' . -load 30s

pictures: pulumi bin/d2 ## redraw the stacks for the documentation
	@cd local && $(GO_TEST) -count=1 -run '^TestPicturesShowTheStacks$$' . -args -redraw >/dev/null
	@set -e; for f in docs/pictures/*.d2; do \
	  d2 --layout dagre --theme 0 --pad 20 --omit-version $$f $${f%.d2}.svg 2>/dev/null; \
	  printf '<!-- source sha256 %s -->\n' "$$(sha256sum <$$f | cut -d' ' -f1)" >>$${f%.d2}.svg; done

verify-plans: ## follow requests through 20,000 random plans
	@$(GO_TEST) -count=1 -run '^TestRandomPlans$$' ./requestpath -plans 20000

# How many random configurations carry traffic.
CONFIGURATIONS ?= 5000

# Run the test binary itself, so that its last line is the last line of the output.
verify-path: ## compare predictions with traffic, case by case
	@cd local && $(GO_TEST) -c -o ../bin/verify-path ./agreement
	@cd local/agreement && ../../bin/verify-path -test.timeout 60m \
	  -test.run '^(TestEveryCaseAsTraffic|TestRegressions|TestRandomConfigurations)$$' -configurations $(CONFIGURATIONS)

verify-variants: pulumi ## run the engine's tests, on every variant
	@cd local && $(GO_TEST) -count=1 -timeout 15m . -long

verify-examples: pulumi ## test the examples, bring every variant and example up and down
	@$(GO_TEST) ./examples/...
	@cd examples/consumer && $(GO_TEST) ./...
	@cd local && $(GO_TEST) -count=1 -timeout 15m -run '^(TestEveryExampleComesUpAndGoesDown|TestLifecycleOfCloudFrontALBWhileItIsServed)$$' ./cmd/portico -all-examples

clean: ## remove every built file and every local stack
	@rm -rf bin .portico

pulumi:
	@tools/build.sh

portico:
	@tools/build.sh ./cmd/portico

bin/d2: tools/go.mod
	@echo "building d2 into bin/ (once, about a minute) ..."
	@GOGC=400 go build -C tools -o ../bin/d2 oss.terrastruct.com/d2

bin/golangci-lint: tools/go.mod
	@echo "building the linter into bin/ (once, about 3 minutes) ..."
	@GOGC=400 go build -C tools -o ../bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

bin/pebble: tools/go.mod
	@GOGC=400 go build -C tools -o ../bin/pebble github.com/letsencrypt/pebble/v2/cmd/pebble
