# make run: set up and open the console.  make test: set up, lint, all tests.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: setup run test lint docs bench fuzz peers clean

setup: $(STAMP)

$(STAMP): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "vm370: installing into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

run: setup
	@$(BIN)/vm370 run $(ARGS)

test: lint
	$(BIN)/python -m pytest -n auto $(ARGS)

build/typing: Makefile
	@mkdir -p build/typing/vm370
	@for d in cp diag cms images tools; do ln -sfn ../../../$$d build/typing/vm370/$$d; done
	@touch build/typing

lint: setup build/typing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH=build/typing $(BIN)/mypy --namespace-packages --explicit-package-bases -p vm370

docs: setup
	$(BIN)/python -m vm370.tools.listings
	$(BIN)/python -m vm370.tools.diagnose_pages

bench: setup
	$(BIN)/vm370 bench boot

# Random instructions and programs in all engines; what differs is made small and saved: make fuzz SEED=7 ROUNDS=2000
SEED   ?= 1
ROUNDS ?= 1000
KINDS  ?=

fuzz: setup
	$(BIN)/python tests/cp/engine/fuzz run --seed $(SEED) --rounds $(ROUNDS) $(if $(KINDS),--kinds $(KINDS))
	$(BIN)/python tests/cp/engine/fuzz hypothesis --seed $(SEED) --rounds $(ROUNDS)
	$(BIN)/python tests/cp/engine/fuzz cache --seed $(SEED) --rounds 20

# Random instruction cases on an installed Hercules and in the reference engine: make peers SEED=7 CASES=20000
CASES ?= 5000

peers: setup
	$(BIN)/python -m vm370.tools.conformance --seed $(SEED) --count $(CASES)

clean:
	rm -rf build $(VENV)
