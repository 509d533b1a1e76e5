# Two commands to know: `make run` and `make test`. Both set up what is missing first.
.PHONY: help run up test chaos lint bench docs lock clean set-up
.DEFAULT_GOAL := help

ifndef PYTHON
PYTHON := $(shell for p in python3.13 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null \
	&& { command -v "$$p"; break; }; done)
endif
BIN := .venv/bin
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

help:
	@echo "make run    set up what is missing, drop a sample flow, show what comes of it"
	@echo "make test   set up what is missing, then lint, types, layout rules and all tests"
	@echo "make up     the local stack in the foreground, until Ctrl-C"
	@echo "make lint   ruff, mypy, import-linter, replayable orchestrators"
	@echo "make chaos  2,000 sequences of requests, faults, kills and decisions on the fakes, then kills"
	@echo "            of the real host at its calls, and of every part of the local stack"
	@echo "make bench  figures: calls, times, memory, beside those of an older build; and peers"
	@echo "make docs   the reference pages that are made from the code"
	@echo "make lock   pin what requirements*.in name, with hashes"
	@echo "make clean  remove everything that set-up and the stack made"

set-up:
	@test -n "$(PYTHON)" || { echo "Sluice needs Python 3.13: install it from" \
	"https://www.python.org/downloads/ (Debian, Ubuntu: apt install python3.13-venv;" \
	"macOS: brew install python@3.13), or run make PYTHON=/path/to/python3.13" >&2; exit 1; }
	@"$(PYTHON)" -m local.setup

run: set-up
	@$(BIN)/python -m local.demo

up: set-up
	@exec $(BIN)/python -m local up

lint: set-up
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.determinism.lint

# Three on two cores: the end-to-end tests mostly wait. They come before the many unit tests, which
# then fill what is left; by itself, xdist begins with the files of most tests.
test: lint
	$(BIN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder \
		--junitxml=.local/tests.xml \
		--cov --cov-report=term:skip-covered --cov-report=json:.local/coverage.json

chaos: set-up
	@$(BIN)/python -m tests.chaos
	@$(BIN)/python -m bench.killed_calls --seconds 900
	@$(BIN)/python -m bench.killed_at_random

bench: set-up
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.peers

docs: set-up
	$(BIN)/python -m docs.manifest_reference
	$(BIN)/python -m docs.diagnoses_reference
	$(BIN)/python -m docs.code_map
	$(BIN)/python -m docs.costs
	$(BIN)/python -m docs.openapi
	$(BIN)/python -m docs.message_schemas

lock:
	$(LOCK) --output-file requirements.txt requirements.in
	$(LOCK) --constraint requirements.txt --output-file requirements-dev.txt requirements-dev.in
	$(LOCK) --output-file local/azurite/node-requirements.txt local/azurite/node-requirements.in

clean:
	rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
