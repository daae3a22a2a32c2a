# Two commands matter: `make demo` and `make test`. Both set up what they need; a second run takes seconds.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Neighbours stay together, so that what the tests of a module share is rarely made twice.
PYTEST := $(BIN)/python -m pytest -q -n 2 --dist worksteal

.PHONY: help demo demo-terminal test test-all test-postgresql check format docs lock chromium screenshots clean

help:  ## Show what can be made.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.installed  ## The site with example data: sign in, or be the candidate.
	@ASSAY_DEMO=1 ASSAY_HOME="$${ASSAY_HOME:-demo-data}" $(BIN)/assay up

demo-terminal: $(VENV)/.installed  ## One whole assessment in the terminal, with the embedded model.
	@$(BIN)/assay try labeling-assistant --bot middling --model embedded

test: $(VENV)/.installed-dev check  ## Everything the tests need, then the tests.
	@$(PYTEST) -m "not slow"
	@$(MAKE) --no-print-directory test-postgresql

test-all: $(VENV)/.installed-dev check  ## The slow tests too.
	@$(PYTEST)
	@ASSAY_TEST_DATABASE=postgresql $(PYTEST) tests/web

# The crash tests run on both by themselves.
test-postgresql: $(VENV)/.installed-dev  ## The site's tests again, on a PostgreSQL of their own.
	@ASSAY_TEST_DATABASE=postgresql $(PYTEST) -m "not slow" tests/web

# The types of the site's models are read from its settings, which keep their secrets in a folder.
check: export ASSAY_HOME = $(abspath $(VENV))/check-home
check: $(VENV)/.installed-dev  ## Lint, types and the layers of the architecture.
	@$(BIN)/ruff format --check --quiet . || { echo "Some files are not formatted: run 'make format'"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

chromium: $(VENV)/.installed-dev  ## A Chromium for the browser tests, where there is none.
	@$(BIN)/python -m tests.chromium --install

screenshots: $(VENV)/.installed-dev  ## Pictures of every page, at two widths and in both themes.
	@$(BIN)/python -m tests.pictures screenshots

format: $(VENV)/.installed-dev  ## Put the code in house style.
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --fix --quiet .

docs: $(VENV)/.installed-dev  ## Write the generated reference pages and schemas again.
	@$(BIN)/python docs/generate.py

lock: $(VENV)/.installed-dev  ## Lock the dependencies again, with hashes.
	@$(BIN)/python requirements/lock.py

clean:  ## Remove the environment and caches.
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Assay needs Python 3.11 or newer, and none was found on PATH. Install it, or say where it is: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python has no venv module here. On Debian: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml requirements/build.txt requirements/site.txt requirements/embedded.txt
	@echo "Installing what Assay needs (once)…"
	@$(PIP) install --require-hashes -r requirements/build.txt -r requirements/site.txt
	@$(PIP) install --require-hashes --no-deps -r requirements/embedded.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements/dev.txt
	@echo "Installing what the tests need (once)…"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
