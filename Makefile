# make demo   sets up everything, then runs the main job on the embedded store
# make test   sets up everything, then runs all checks and tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup demo test lint format clean

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "kgp needs Python 3.11 or later; this is %d.%d. Try: make setup PYTHON=python3.12" % v[:2])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --constraints constraints.txt --editable '.[train,encoders,dask,counts,dev]'
	@touch $@

demo: setup
	$(BIN)/kgp demo demo

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict src
	$(BIN)/lint-imports

# Compiled kernels are cached by their own file: one that calls a changed one would stay as it was.
test: lint
	rm -f .coverage .coverage.*
	find src -name '*.nbi' -delete -o -name '*.nbc' -delete
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal --cov --cov-report=
	$(BIN)/coverage report --fail-under=90

format: setup
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	rm -rf $(VENV) demo build dist .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis
