# Every command of the project. `make run` and `make test` call `make setup` themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTEST_ARGS ?= -n 2

.PHONY: setup run test lint bench clean-data translations docs locks

setup: $(STAMP)

# The stamp is touched last, so an interrupted installation is repeated; it is older than a lock file that changed.
$(STAMP): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit("Kezek needs Python 3.11 or newer, this is %s" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing what requirements-dev.txt lists; this takes about half a minute."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $(STAMP)

# exec: Ctrl-C and SIGTERM reach the supervisor itself and not a shell in between.
run: $(STAMP)
	@exec $(BIN)/python run.py

test: $(STAMP)
	@.ci/run browser
	@exec $(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(STAMP)
	@exec $(BIN)/python -m bench

clean-data: $(STAMP)
	@$(BIN)/python -m embedded clean-data

# Extract, merge and compile the catalogues. New entries arrive empty and a test fails until they are written.
translations: $(STAMP)
	$(BIN)/python -m app.catalogues

# Tables in docs/ that are made from the code (rule sets, lifecycle).
docs: $(STAMP)
	$(BIN)/flask docs write

# Lock again after editing requirements*.in. uv is needed for this alone: pip install uv.
locks:
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --annotation-style line --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --annotation-style line --python-version 3.11 requirements-dev.in -o requirements-dev.txt
