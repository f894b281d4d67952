# One entry to everything: `make run` starts the service with a demo club, `make check test` is what CI runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CODE := domain projections consumers api infra tests

# The host of a package registry is the business of who installs: pip's own configuration decides it.
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := help
.PHONY: help setup run test check format bench plans docs lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

setup: $(READY) ## make .venv and install exactly what the lock says

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null || { \
	  echo "mesocycle needs Python 3.11 to 3.14 (the embedded PostgreSQL has wheels for these)," >&2; \
	  echo "but '$(PYTHON)' is: $$($(PYTHON) --version 2>&1 | head -1). Name another: make PYTHON=python3.12 ..." >&2; \
	  exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked packages into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps -e .
	@touch $@

run: setup ## the service with a demo club, on http://127.0.0.1:8000
	@$(BIN)/mesocycle demo

test: setup ## the whole test suite, on a real PostgreSQL
	$(BIN)/python -m pytest -n logical

check: setup ## style, types, import rules
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/mesocycle docs --check

format: setup ## let ruff put the code in shape
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

bench: setup ## measure the store, the fan-out, and the API (by wrk)
	$(BIN)/python -m infra.bench
	$(BIN)/python -m infra.bench --http

plans: setup ## explain every list query with a million assignments
	$(BIN)/python -m infra.bench --plans

docs: setup ## write the generated pages anew
	$(BIN)/mesocycle docs

UV_LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --no-annotate

lock: setup ## write both lock files anew, from pyproject.toml
	$(UV_LOCK) --upgrade --output-file requirements.lock
	$(UV_LOCK) --upgrade --group dev --output-file requirements-dev.lock

clean: ## remove .venv and every cache; data folders stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find $(CODE) -type d -name __pycache__ -prune -exec rm -rf {} +
