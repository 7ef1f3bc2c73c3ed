# The two commands are `make run` and `make test`; see CONTRIBUTING.md for the others.
PYTHON_ENV := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test check format bench soak docs environment environment-dev clean

help:
	@echo "make run     the workbench with demo data, on http://localhost:8501"
	@echo "make test    everything: format, lint, types, all tests, PostgreSQL, browser"
	@echo "make check   the fast part, some minutes"
	@echo "make bench   measure with 1,000,000 claims;   make soak   thirty minutes of users"
	@echo "make format  format the code;                 make docs   write the generated pages"

environment:
	@scripts/make_environment.sh requirements.txt

environment-dev: environment
	@scripts/make_environment.sh requirements-dev.txt

# Demo mode unless WORKBENCH_DEMO=0; data in var/ unless WORKBENCH_DATA says otherwise.
run: environment
	@WORKBENCH_DEMO=$${WORKBENCH_DEMO:-1} exec $(PYTHON_ENV) -m workbench serve

test: environment-dev
	@scripts/test_all.sh

# Compiled tests are kept for the next run, even where the environment says not to write bytecode.
check: environment-dev
	$(PYTHON_ENV) -m ruff format --check .
	$(PYTHON_ENV) -m ruff check .
	$(PYTHON_ENV) -m mypy
	PYTHONDONTWRITEBYTECODE= $(PYTHON_ENV) -m pytest -n 2 --dist worksteal \
		-m "not slow and not browser and not postgres" \
		tests/persian tests/rules tests/services tests/test_architecture.py tests/test_translations.py

format: environment-dev
	$(PYTHON_ENV) -m ruff format .
	$(PYTHON_ENV) -m ruff check --fix .

docs: environment
	$(PYTHON_ENV) -m workbench docs

bench: environment-dev
	$(PYTHON_ENV) scripts/bench.py

soak: environment-dev
	$(PYTHON_ENV) -m pytest --databases both tests/services/test_ledger.py tests/services/test_ledger_processes.py \
		tests/services/test_ledger_property.py tests/services/test_referral_property.py
	$(PYTHON_ENV) scripts/soak.py

# The environment and caches; data in var/ stays.
clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
