# The two commands for a newcomer: make run, make test. All others: make help.
PYTHON ?= python3
PORT   ?= 8000
VENV   := .venv
PY     := $(VENV)/bin/python
# One more than there are cores: browser tests mostly wait.
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
export PORT
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test check format bench schemas publish clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.runtime ## Set up what is missing and serve http://127.0.0.1:8000 (PORT=… to change)
	@exec $(PY) deploy/run.py

test: $(VENV)/.tests ## Run all tests; with CI=true nothing is skipped
	@$(PY) tests/prepare.py
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: $(VENV)/.tests ## Format, lint, types, import contracts, content, translations
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) -m scoring check
	$(PY) -m pytest -q tests/app/test_translations.py tests/app/test_templates.py

format: $(VENV)/.tests ## Format the code
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

bench: $(VENV)/.tests ## Run the benchmarks: a table here, JSON under bench/results/
	@$(PY) -m bench

schemas: $(VENV)/.runtime ## Write the JSON Schemas of the content files anew
	$(PY) -m scoring.content.schema

publish: $(VENV)/.runtime ## Register new versions of the content (checked first)
	$(PY) -m scoring check
	$(PY) -m scoring.review

clean: ## Remove the virtual environment and caches; instance/ with your data stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version). Set PYTHON=… to another one." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv" >&2; exit 2; }
	@echo "Creating the virtual environment …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(PY)
	@echo "Installing what the product needs …"
	@$(PY) -m pip install -qq -r requirements.txt
	@touch $@

$(VENV)/.tests: tests/requirements.txt $(VENV)/.runtime | $(PY)
	@echo "Installing what the tests need …"
	@$(PY) -m pip install -qq -r tests/requirements.txt
	@touch $@
