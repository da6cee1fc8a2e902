# metst: `make help` lists what there is. The first target that needs it makes .venv.

DATASET ?= demo
SYSTEM  ?=
SYSTEMS ?=
STUDY   ?= ablation_synergy
SWEEP   ?= demo
ARGS    ?=
PYTHON  ?= python3
VENV    ?= .venv
PIP_ARGS ?=

RUN   := $(VENV)/bin/python -m metst
STAMP := $(VENV)/.installed
# A system's YAML is laid over the data set's, and over both what the system changes on this data set.
CHANGES := $(wildcard experiments/systems/$(DATASET)/$(SYSTEM).yaml)
CONFIG := --config experiments/$(DATASET).yaml $(if $(SYSTEM),--config experiments/systems/$(SYSTEM).yaml \
	$(if $(CHANGES),--config $(CHANGES)))
NAMED := $(CONFIG) $(if $(SYSTEM),--name $(DATASET)-$(SYSTEM))
# Words of our own that a reader from another country would have to guess; use the field's and Python's.
WORDS := \b(tell|tells|told|say|says|said|mine|diary|fates|mend|mends|mended|verdict|verdicts)\b|of equals|held against
CODE  := src datamodules callbacks experiments tests

.DEFAULT_GOAL := help
.PHONY: help install loso tables study sweep extract checkpoint demo check test test-fast lint format pins mamba bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamp goes first and comes last: an interrupted installation is thrown away and done again.
$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(if $(wildcard $(STAMP)),,--clear) $(VENV)
	@rm -f $@
	$(VENV)/bin/python -m pip install --quiet $(PIP_ARGS) -c constraints.txt -e ".[dev]"
	@touch $@

install: $(STAMP) ## .venv with everything pinned

loso: $(STAMP) ## the whole experiment: DATASET=demo|casme3|sammlv|casme2 SYSTEM=compact ARGS="--model.lr 3e-4"
	$(RUN) loso $(NAMED) $(ARGS)

tables: $(STAMP) ## every system on DATASET, or SYSTEMS=mean,of_fd; the paper's tables and a page that compares
	$(if $(SYSTEM),$(error tables: SYSTEMS=$(SYSTEM) chooses systems, not SYSTEM=))
	$(RUN) tables --config experiments/$(DATASET).yaml $(if $(SYSTEMS),--systems $(SYSTEMS)) $(ARGS)

extract: $(STAMP) ## features of the videos of DATASET into the store, ahead of training
	$(RUN) extract $(NAMED) $(ARGS)

study: $(STAMP) ## variants of an experiment and their table: STUDY=pathways DATASET=demo
	$(RUN) study $(NAMED) --study experiments/studies/$(STUDY).yaml $(ARGS)

sweep: $(STAMP) ## search settings on wandb's servers, or here: SWEEP=demo ARGS=--local
	$(RUN) sweep experiments/sweeps/$(SWEEP).yaml $(ARGS)

checkpoint: $(STAMP) ## the small network that ships with the package, trained on the demo
	$(RUN) loso --config experiments/demo.yaml --config experiments/systems/compact.yaml --name demo-compact
	$(RUN) export runs/demo-compact --fold spNO.1 --demonstration --out src/metst/predict/demo.safetensors

demo: $(STAMP) ## make the demo data set alone
	$(RUN) demo $(ARGS)

check: $(STAMP) ## lint the data set DATASET
	$(RUN) check $(CONFIG) $(ARGS)

test: $(STAMP) ## every test
	$(VENV)/bin/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

test-fast: $(STAMP) ## the tests that train no whole fold
	$(VENV)/bin/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not slow" $(ARGS)

lint: $(STAMP) ## style, types and the import rule
	$(VENV)/bin/ruff check $(CODE)
	$(VENV)/bin/ruff format --check $(CODE)
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	@! grep -rnEi --include='*.py' --include='*.yaml' --include='*.md' '$(WORDS)' $(CODE) README.md

format: $(STAMP) ## rewrite the sources in the house style
	$(VENV)/bin/ruff check --fix $(CODE)
	$(VENV)/bin/ruff format $(CODE)

bench: $(STAMP) ## benchmarks, into experiments/bench/RESULTS.md (the long ones by hand)
	$(VENV)/bin/python -m experiments.bench

pins: ## refresh constraints.txt with the newest versions that the bounds allow
	$(PYTHON) -m venv --clear $(VENV)-pins
	$(VENV)-pins/bin/python -m pip install --quiet $(PIP_ARGS) -e ".[dev]"
	$(VENV)-pins/bin/python -m pip freeze --exclude-editable | sed 's/+cpu$$//; s/+cu[0-9]*$$//' > constraints.txt
	rm -r $(VENV)-pins

mamba: $(STAMP) ## the mamba-ssm CUDA kernel (needs nvcc and a CUDA build of torch)
	MAMBA_FORCE_BUILD=TRUE $(VENV)/bin/python -m pip install --no-build-isolation -c constraints.txt -e ".[mamba]"

clean: ## remove .venv and what the tools left; data and runs stay
	rm -rf $(VENV) build dist *.egg-info src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
