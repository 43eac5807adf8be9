# Loket: one word for each thing a person does. Every target makes its own environment first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
STAMP  := $(VENV)/.made-from-lock

.PHONY: env demo up test check bench lock

env: $(STAMP)

$(STAMP): deploy/lock/all.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Loket needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r deploy/lock/all.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: env
	$(BIN)/loket-sim demo

up: env
	$(BIN)/loket-sim demo --keep-running

test: env
	$(BIN)/python deploy/witnesses.py
	$(BIN)/python -m tests.everything

check: env
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/tidy

bench: env
	$(BIN)/python -m tests.bench $(BENCH)

lock:  ## for maintainers: pins every dependency with its hashes, naming no registry
	uv pip compile pyproject.toml --extra hub --extra sim --extra dev --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -o deploy/lock/all.txt
	uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -c deploy/lock/all.txt -o deploy/lock/station.txt
	uv pip compile pyproject.toml --extra hub --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -c deploy/lock/all.txt -o deploy/lock/hub.txt
	echo 'pyscard>=2.3.1' | uv pip compile - --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -o deploy/lock/chip.txt
