# Everything a person or the CI does here; `make` alone lists it.
#
# The virtual environment is .venv; two stamps in it say what it holds, so that a repeated command
# installs nothing. Where packages come from is for pip's own settings.

PYTHON ?= python3
JOBS ?= 2
VENV := .venv
BIN := $(VENV)/bin
CORE := $(VENV)/.core-installed
ALL := $(VENV)/.all-installed
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet -c constraints.txt
PYTEST := $(BIN)/pytest -n $(JOBS) --dist worksteal
DEMO := out/demo
STEP := numpy:1.26.4:2.0.0

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo format lint test test-all docs wheel bench bench-changes clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

# --- install --------------------------------------------------------------------------------------

install: $(ALL) ## install the toolkit with all that tests, checks and training need

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 10) <= sys.version_info[:2] <= (3, 12) else "Python 3.10, 3.11 or 3.12 is needed; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.11 ...")'
	@echo "making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(CORE): pyproject.toml constraints.txt | $(BIN)/pip
	@echo "installing the toolkit"
	@$(PIP) -e .
	@touch $@

$(ALL): pyproject.toml constraints.txt | $(BIN)/pip
	@echo "installing the toolkit, its tests and checks, and what training needs"
	@$(PIP) -e '.[train,dev]'
	@touch $(CORE) $@

# --- a first look ---------------------------------------------------------------------------------

demo: $(CORE) ## mine and prove pairs of NumPy 2.0, score three baselines, write a report
	@$(BIN)/recode-data build $(STEP) --out $(DEMO)/pairs
	@for model in copy codemod oracle; do \
	  $(BIN)/recode-bench eval --task pairs:$(DEMO)/pairs --model $$model \
	    --out $(DEMO)/runs/$$model || exit $$?; \
	done
	@$(BIN)/recode-bench report $(DEMO)/runs/copy $(DEMO)/runs/codemod $(DEMO)/runs/oracle \
	  --html $(DEMO)/report.html

# --- checks ---------------------------------------------------------------------------------------

format: $(ALL) ## put the code into shape
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

lint: $(ALL) ## ruff, formatting, types, and whether the generated pages are current
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python docs/generate_cli.py --check

test: $(ALL) ## all tests but the slow ones and those that need an accelerator
	$(PYTEST) -m "not slow and not gpu"

test-all: $(ALL) ## every test
	$(PYTEST)

docs: $(ALL) ## write the generated pages again
	$(BIN)/python docs/generate_cli.py

wheel: $(ALL) ## build the wheel and try it in an empty environment
	@rm -rf dist
	$(BIN)/python -m build --wheel --outdir dist .
	$(BIN)/pytest tests/test_wheel.py

# --- measurements ---------------------------------------------------------------------------------

bench: $(ALL) ## run every measurement
	@for script in benchmarks/*.py; do \
	  [ -e "$$script" ] || continue; \
	  echo "== $$script"; $(BIN)/python "$$script" || exit $$?; \
	done

bench-changes: $(ALL) ## how many known API changes the miner finds
	$(BIN)/python benchmarks/changes.py

clean: ## remove what builds, checks and the demo left; .venv and other results stay
	rm -rf build dist $(DEMO) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
