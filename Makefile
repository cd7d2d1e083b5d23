# `make` lists the commands. What they do is in stack/ (servers) and in each package; here is only what to call.

# Ports, Java and the cache folder are chosen by environment variables, for example: make run KEYCLOAK_PORT=9080

PYTHON := $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
BIN := .venv/bin
FAST := $(wildcard tests/provisioning tests/validator tests/themes tests/stack tests/documents)
BENCHMARKS := $(addprefix bench-,registrations provisioning pages validator codes registry reconciliation credentials hashing)
# Named, or it is not run: it takes minutes. And named among files: beside its folder pytest would leave it out.
ROLLING := tests/faults/rehearse_rolling_upgrade.py
FAULTS := $(wildcard tests/faults/test_*.py) $(ROLLING) tests/validator/test_interleavings.py tests/live/test_contract.py
TYPED := $(wildcard provisioning customer-code-validator stack tests benchmarks)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run up down status plan apply customer-codes env check lint test faults rehearse-upgrade rehearse-restore bench $(BENCHMARKS) pictures licences sbom audit clean install install-dev

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-19s %s\n", $$1, $$2}' Makefile
	@echo "Ports: KEYCLOAK_PORT 8080, KEYCLOAK_MANAGEMENT_PORT 9000, VALIDATOR_PORT 8090, VALIDATOR_METRICS_PORT 8091, MAILBOX_PORT 8025, SMTP_PORT 1025"

run: install ## start everything on this machine, in the foreground, until Ctrl-C
	@$(BIN)/python -m stack run

up: install ## the same in the background; returns once all is ready
	@$(BIN)/python -m stack up

down: install ## stop what `make up` (or `make run`) started
	@$(BIN)/python -m stack down

status: install ## tell what runs, its addresses and the administrator's password
	@$(BIN)/python -m stack status

plan: install ## show what realm-config/ would change in the running stack (exit 2: something)
	@$(BIN)/python -m stack plan

apply: install ## bring the running stack to what realm-config/ says
	@$(BIN)/python -m stack apply

customer-codes: install ## `customer-codes` on the running stack, for example ARGS="history 1000234567"
	@$(BIN)/python -m stack customer-codes $(ARGS)

env: ## write .env and the secrets for `docker compose up`; what exists stays
	@$(PYTHON) -m stack env

check: lint ## linters, types and the tests that need no server: seconds
	@$(BIN)/python -m pytest -q -m "not server" $(FAST)

lint: install-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(TYPED)

test: install-dev ## the whole test suite, real servers and browser included
	@$(BIN)/python -m pytest

faults: install-dev ## the long fault and load runs
	@FAULT_ROUNDS=$${FAULT_ROUNDS:-10} $(BIN)/python -m pytest -o faulthandler_timeout=0 $(FAULTS)

rehearse-upgrade: install-dev ## from the older minor version of Keycloak to the pinned one, and node by node from the patch before
	@$(BIN)/python -m pytest -v tests/faults/test_upgrade.py $(ROLLING)

rehearse-restore: install-dev ## restore Keycloak's database and the codes to different moments and make them agree
	@FAULT_ROUNDS=$${FAULT_ROUNDS:-2} $(BIN)/python -m pytest -v -o faulthandler_timeout=0 tests/faults/test_restore_of_the_pair.py

bench: $(BENCHMARKS) ## all that follow, one after the other; LARGE=1 and POSTGRESQL=1 as below

bench-registrations: install-dev ## registrations per second against Keycloak's own registration; CHART=FILE.svg draws it
	@$(BIN)/python -m benchmarks.registrations $(if $(CHART),--chart $(CHART))

bench-provisioning: install-dev ## realm as code against Keycloak's own imports; LARGE=1: with 10,000 clients
	@$(BIN)/python -m benchmarks.provisioning $(if $(LARGE),--large)

bench-pages: install-dev ## our pages beside the stock theme: time, weight, axe, Lighthouse where npx is
	@$(BIN)/python -m benchmarks.pages

pictures: install-dev ## take the pictures of docs/pictures anew, each page in each state
	@WRITE_PICTURES=1 $(BIN)/python -m pytest -q tests/browser/test_every_page.py tests/browser/test_pictures.py tests/browser/test_mails.py

bench-validator: install-dev ## reserve and claim against a bare route on the same store; CHART=FILE.svg draws it
	@$(BIN)/python -m benchmarks.validator $(if $(CHART),--chart $(CHART))

bench-codes: install-dev ## does the time of a refusal tell a taken code from an unknown one? POSTGRESQL=1: on that store
	@$(BIN)/python -m benchmarks.codes $(if $(POSTGRESQL),--postgresql)

bench-registry: install-dev ## the import of a million customers against a plain COPY; CHART=FILE.svg draws it
	@$(BIN)/python -m benchmarks.registry $(if $(CHART),--chart $(CHART))

bench-reconciliation: install-dev ## accounts and codes compared over a base of a million; ACCOUNTS=N: of so many
	@$(BIN)/python -m benchmarks.reconciliation $(if $(ACCOUNTS),--accounts $(ACCOUNTS))

bench-hashing: install-dev ## what a password costs from one start of Keycloak to the next
	@$(BIN)/python -m benchmarks.hashing

bench-credentials: install-dev ## does the time of an answer tell who has an account?
	@$(BIN)/python -m benchmarks.credentials

licences: install-dev ## write docs/licences.md anew
	@$(BIN)/python -m stack.licences

sbom: install-dev ## write what is delivered and built with, as CycloneDX, to .local/sbom.cdx.json
	@$(BIN)/python -m stack.sbom

audit: install-dev ## is a Python package or a Java library known to be vulnerable? Fails too where nothing can be asked
	@$(BIN)/python -m stack.audit

clean: ## stop the stack and remove its data: accounts, customers, mails, passwords
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m stack clean; else rm -rf .local; fi

install install-dev:
	@if [ -z "$(PYTHON)" ]; then \
		echo "error: no Python 3.11 or newer on PATH (looked for python3, python3.14 … python3.11): install one" >&2; \
		exit 1; fi
	@$(PYTHON) stack/install.py $(if $(filter install-dev,$@),dev,run)
