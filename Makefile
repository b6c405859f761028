# Paths are relative and quoted, and tools run as modules, because the folder of a checkout may have blanks in its name.
PYTHON ?= python3
ARGS ?=
python := .venv/$(if $(filter Windows_NT,$(OS)),Scripts/python.exe,bin/python)
pytest := $(python) -m pytest --numprocesses=auto --dist=worksteal
pip := $(python) -m pip install --quiet --disable-pip-version-check --no-input --constraint requirements.lock

.DEFAULT_GOAL := help
.PHONY: help setup refresh check test live lint bench docs lock clean
.DELETE_ON_ERROR:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile
	@echo '  ARGS="..." goes to the program (refresh), pytest (check, test, live) or each benchmark (bench).'

setup: .venv/.dev ## make .venv with the program and the tools of test and lint

refresh: .venv/.run ## publish the lists in seeds/ to output/ (ARGS="--offline": without requests)
	@$(python) -m harvest refresh $(ARGS) || { status=$$?; [ $$status -eq 3 ] || exit $$status; }

check: lint ## check style, format and types, and run the fast tests (the inner loop)
	@$(pytest) -m 'not slow' $(ARGS)

test: .venv/.dev ## run all tests, in parallel (ARGS="-n0 -k word" for some of them in one process)
	@$(pytest) $(ARGS)

live: .venv/.dev ## hold the fake services against the real ones, for some minutes (docs/live.md)
	@HARVEST_LIVE=1 $(python) -m pytest tests/live $(ARGS)

lint: .venv/.dev ## check style, format and types
	@$(python) -m ruff check
	@$(python) -m ruff format --check
	@$(python) -m mypy

bench: .venv/.dev ## run every benchmark, one after the other
	@for script in benchmarks/[!_]*.py; do \
		[ -e "$$script" ] || continue; echo "== $$script"; $(python) "$$script" $(ARGS) || exit; done

docs: .venv/.dev ## renew the generated documents, and check what the documents say
	@$(python) -m scripts.renew_docs
	@$(python) -m pytest --quiet tests/test_readme.py tests/test_docs.py

lock: ## renew requirements.lock with the newest versions that pyproject.toml allows
	@rm -rf build/lock
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --disable-pip-version-check --no-input '.[dev,spark]'
	@{ sed '/^#/!d' requirements.lock; \
		build/lock/bin/python -m pip freeze --exclude harvest | LC_ALL=C sort -f; } > build/requirements.lock
	@mv build/requirements.lock requirements.lock
	@rm -rf build/lock

clean: ## remove what the other targets made, except output/ and cache/
	@rm -rf .venv build dist node_modules harvest.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps say what .venv holds: .run the program, .dev the tools as well.
.venv/.run: $(python) requirements.lock pyproject.toml
	@echo 'Installing into .venv (a minute or two the first time) ...'
	@$(call install,.)
	@touch .venv/.run

.venv/.dev: $(python) requirements.lock pyproject.toml
	@echo 'Installing into .venv with the tools for tests (a minute or two the first time) ...'
	@$(call install,.[dev])
	@touch .venv/.run .venv/.dev

$(python):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'harvest needs Python 3.11 or newer, and "$(PYTHON)" is not. Name one: make PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { rm -rf .venv; exit 1; }

define install
$(pip) --editable '$(1)' || { \
	echo 'The packages could not be installed: see the error above. The first install needs a network, or wheels in a' >&2; \
	echo 'folder (export PIP_NO_INDEX=1 PIP_FIND_LINKS=/that/folder). Run the same command again when they are there.' >&2; \
	exit 1; }
endef
