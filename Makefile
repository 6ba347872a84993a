# The commands of README.md. Everything that a run makes is in var/ and .venv/.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
# bytecode compiled at install time saves a quarter to a half of every start of Airflow, dbt and Great Expectations
export UV_COMPILE_BYTECODE := 1
export UV_LINK_MODE := copy
# the machine may forbid writing bytecode, which doubles the start-up of everything above
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | sort | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/.installed: uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, found $$($(PYTHON) --version)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed: on Debian install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv sync --frozen --quiet --inexact --python $(BIN)/python
	@touch $@

.PHONY: install
install: $(VENV)/.installed ## create .venv from the lock file

.PHONY: run
run: $(VENV)/.installed ## the whole pipeline once on the demo portals, through Airflow
	@$(BIN)/muctieu run --demo

.PHONY: live
live: $(VENV)/.installed ## the same on the real portals (not verified from the developers' machine)
	@$(BIN)/muctieu run

.PHONY: up
up: $(VENV)/.installed ## Airflow with its web interface, the demo portals and the schedule
	@$(BIN)/muctieu up --demo

.PHONY: test
test: $(VENV)/.installed ## the fast suite
	@$(BIN)/pytest -q -m "not slow" -n 2 --dist loadgroup

.PHONY: test-full
test-full: $(VENV)/.installed ## everything, services included
	@$(BIN)/pytest -q -n 2 --dist loadgroup

.PHONY: lint
lint: $(VENV)/.installed ## ruff, mypy and sqlfluff
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/sqlfluff lint -q dbt_project

AUDIT_SERVICE ?= pypi
.PHONY: audit
audit: $(VENV)/.installed ## known vulnerabilities of what uv.lock pins; AUDIT_SERVICE=osv asks osv.dev instead of PyPI
	@$(BIN)/uv export --frozen --quiet --no-dev --all-extras --no-emit-project --output-file $(VENV)/audit.txt
	@$(BIN)/uv run --isolated --frozen --quiet --only-group audit \
		pip-audit --strict --disable-pip --require-hashes --vulnerability-service $(AUDIT_SERVICE) --requirement $(VENV)/audit.txt

.PHONY: score
score: $(VENV)/.installed ## extraction against the annotated articles, and what fell
	@$(BIN)/python -m extraction.score

.PHONY: env
env: ## .env for docker compose, with random secrets; keeps one that is there
	@test ! -e .env || { echo ".env is there already; remove it first to make another"; exit 1; }
	@umask 077; $(PYTHON) deploy/fill_env.py < .env.example > .env && echo "wrote .env; set MUCTIEU_USER_AGENT in it"

.PHONY: clean
clean: ## remove what was made: var/, caches, .venv
	rm -rf var .venv dbt_project/target dbt_project/logs .mypy_cache .ruff_cache .pytest_cache .hypothesis
