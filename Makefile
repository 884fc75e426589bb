# make run: install, train what changed, start the assistant. make test: everything is tested.
# Needs git, make and any Python 3.9+ (or uv). Nothing is installed outside this folder but uv's
# cache and, for `make test` as root on Debian, the system packages that tests/system-packages names.

SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed-from-lock

.PHONY: help run install test lint train check figures clean

help:  ## show this
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: install  ## install, train what changed, start the assistant at http://localhost:5005/
	@$(VENV)/bin/drom run

install: $(STAMP)  ## the environment only

$(STAMP): requirements.lock pyproject.toml scripts/install.sh
	@bash scripts/install.sh $(VENV)
	@touch $@

train: install  ## train the model, where something changed
	@$(VENV)/bin/drom train

check: install  ## check the content
	@$(VENV)/bin/drom check

lint: install  ## style and types
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

test: install  ## install what is missing, then style, types, content and the whole suite
	@bash scripts/install_test_system.sh
	@$(MAKE) --no-print-directory lint check train
	@$(PY) -m pytest

figures: train  ## record how well the test sets are understood; tests compare with it
	@$(PY) -m bot.evaluation.recorded

clean:  ## remove the environment, models and what was written at run time
	rm -rf $(VENV) models var .rasa
