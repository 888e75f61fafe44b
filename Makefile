# 爱心超市: `make run` opens it on this machine, `make test` is everything that must pass.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
UV ?= uv
PYTEST_ARGS ?= --numprocesses auto --dist worksteal
BIN := .venv/bin
MADE := .venv/made
PIP := $(BIN)/python -m pip
PO := $(wildcard love_market/translations/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)
VENDOR := static/vendor/barcode-detector.js

.PHONY: help run test ordeal bench lint install dev assets translations messages wheel locks clean

help:
	@echo "make run           开门：装好一切，打开演示村（PORT=8000）"
	@echo "make test          everything that must pass"
	@echo "make bench         every figure as a ratio against its limit or its goal (BENCH_ARGS=--short)"
	@echo "make ordeal        kill it hundreds of times, in full (ORDEAL_SEED=n repeats one)"
	@echo "make lint          style, types, import contracts, templates, scripts"
	@echo "make assets        bundle what the pages need into static/vendor"
	@echo "make messages      gather the sentences to translate; make translations compiles them"
	@echo "make wheel         dist/love_market-*.whl, with its pages inside"
	@echo "make locks         lock the dependencies anew (needs uv)"
	@echo "make clean         remove what make made; instance/ stays"

run: install
	@exec $(BIN)/love-market run

test: dev
	@deploy/system-packages.sh test
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest $(PYTEST_ARGS)

bench: dev
	@for what in redeem close reads size counter desk; do $(BIN)/python benchmarks/$$what.py $(BENCH_ARGS); done

ordeal: dev
	@deploy/system-packages.sh test
	$(BIN)/pytest -m ordeal --ordeal full -s $(ORDEAL_ARGS)

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --lint --quiet templates
	npm run --silent check

# ------------------------------------------------------------------ what a run needs; done again only when it changed

install: $(MADE)/project assets translations

dev: $(MADE)/dev install

$(MADE)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "Python's venv is missing. Type: sudo apt-get install -y python3-venv" >&2; exit 1; }
	@echo '· a virtual environment in .venv'
	@$(PYTHON) -m venv .venv
	@mkdir -p $(MADE) && touch $@

$(MADE)/runtime: requirements.lock $(MADE)/venv
	@echo '· what the program needs, each file checked by its hash (a minute or two, once)'
	@$(PIP) install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(MADE)/project: pyproject.toml $(MADE)/runtime
	@$(PIP) install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(MADE)/dev: requirements-dev.lock $(MADE)/project
	@echo '· what its checks need'
	@$(PIP) install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

assets: $(VENDOR)

node_modules/.package-lock.json: package.json package-lock.json .npmrc
	@deploy/system-packages.sh run
	@echo '· what its pages need'
	@npm ci --loglevel=error
	@touch $@

$(VENDOR): node_modules/.package-lock.json deploy/assets.js $(wildcard static/counter/*.entry.js)
	@npm run --silent assets

translations: $(MO)

%.mo: %.po | $(MADE)/runtime
	@$(BIN)/pybabel --quiet compile --use-fuzzy -i $< -o $@ # a catalogue without a header counts as fuzzy

# -------------------------------------------------------------------------------------------- now and then

messages: $(MADE)/runtime
	@mkdir -p build
	$(BIN)/pybabel --quiet extract -F pyproject.toml -k lazy_gettext -k words --add-location=file --sort-by-file \
	  --project love_market --version 0.1.0 -o build/messages.pot .
	$(BIN)/pybabel --quiet update -i build/messages.pot -d love_market/translations --ignore-obsolete \
	  --ignore-pot-creation-date

wheel: install
	@$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@ls dist/*.whl

LOCK := env UV_CUSTOM_COMPILE_COMMAND="make locks" $(UV) pip compile --quiet --generate-hashes --universal \
  --python-version 3.11 --no-emit-index-url --no-emit-find-links pyproject.toml
locks:
	$(LOCK) --extra build --extra server -o requirements.lock
	$(LOCK) --extra dev -c requirements.lock -o requirements-dev.lock
	npm install --package-lock-only
	@! grep -niE 'https?:|file:' requirements.lock requirements-dev.lock || { echo "a lock names an address" >&2; exit 1; }
	@! grep -n '"resolved"' package-lock.json

clean:
	rm -rf .venv node_modules static/vendor build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis \
	  .import_linter_cache test-artifacts
	find love_market tests -name __pycache__ -type d -prune -exec rm -rf {} +
	find love_market/translations -name '*.mo' -delete 2>/dev/null || true
