# Cityline: `make up` runs it, `make test` passes everything. The rest is for those who work on it.

PYTHON = $$(sh scripts/find-python)
CITYLINE = .venv/bin/cityline

.PHONY: help up install install-dev install-tensorflow check test explore pictures bench clean format docs

help:
	@echo "make up      install what is missing, train, start everything (Ctrl-C stops it)"
	@echo "make check   lint, types, import contract, unit tests: the quick part"
	@echo "make test    everything, browser and real processes included"
	@echo "make explore the property tests with new random examples, many, and more deaths: minutes"
	@echo "make pictures   every page of the console, for docs/console"
	@echo "make bench   the benchmarks, beside a stock Rasa"
	@echo "make clean   remove environments and caches (not your data in var/)"

up: install
	@exec $(CITYLINE) up

install:
	@python="$(PYTHON)" && exec "$$python" scripts/bootstrap.py

install-dev:
	@python="$(PYTHON)" && exec "$$python" scripts/bootstrap.py --dev

install-tensorflow: install
	@python="$(PYTHON)" && exec "$$python" scripts/bootstrap.py --tensorflow

check: install-dev
	@exec .venv/bin/python scripts/stages.py check

test: install-dev
	@exec .venv/bin/python scripts/stages.py test

explore: install-dev
	@exec .venv/bin/python scripts/stages.py explore

pictures: install-dev
	@exec .venv/bin/python -m pytest -q tests/pictures

bench: install-dev install-tensorflow
	@exec .venv/bin/python -m tests.bench.run

format: install-dev
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

docs: install
	@$(CITYLINE) env-example > .env.example
	@.venv/bin/python scripts/docs.py

clean:
	rm -rf .venv .uv bot/engine/.venv bot/engine/full/.venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
