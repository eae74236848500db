# Two commands do everything on a machine with Python 3.11+, make and a compiler:
#   make demo    a real shop with real order history, trained, on http://127.0.0.1:8000
#   make test    the whole suite; no server needed
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PORT   ?= 8000
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo demo-setup demo-visitors test check format docs bench clean help

help:
	@sed -n 's/^# \{0,1\}//p;/^PYTHON/q' Makefile
	@echo "Also: demo-setup, demo-visitors, check, format, docs, bench NAME=demo, clean"

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.core: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable . --group dev
	$(BIN)/python -m pip install --quiet --no-deps "stockpyl>=1.0.2"
	@touch $@ $(VENV)/.core

var/demo.stamp: | $(VENV)/.core
	@mkdir -p var
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py load_demo_shop
	$(BIN)/python manage.py personalize setup
	$(BIN)/python manage.py supply_demo_shop
	$(BIN)/python manage.py personalize price
	@touch $@

demo-setup: $(VENV)/.core var/demo.stamp

demo: demo-setup
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py runserver 127.0.0.1:$(PORT)

# Invented visitors for the demo, so that its reports and experiments have something to tell.
demo-visitors: demo-setup
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py visit_demo_shop

test: $(VENV)/.dev
	$(BIN)/pytest
	$(BIN)/pytest -m oscar --ds=tests.projects.oscar.settings tests/oscar

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/sphinx-build -q -W -b html docs docs/_build/html

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.dev
	$(BIN)/sphinx-build -W -b html docs docs/_build/html

$(VENV)/.bench: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --group bench
	@touch $@

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks $(NAME)

clean:
	rm -rf var docs/_build .mypy_cache .ruff_cache .pytest_cache
