# Everything a newcomer needs: Python 3.11+ and make.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
DEMO := var/demo
DEMO_NAME := 澄禾县人民政府
DEMO_AGENCY := chenghe
SAMPLES := src/yangguang/site/samples
SYSTEM_PACKAGES := chromium curl fonts-noto-cjk
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint types contracts reference readme bench system clean

help: ## Say what can be made.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/ready: .tools/bin/uv pyproject.toml uv.lock
	.tools/bin/uv sync --quiet --frozen --compile-bytecode --python $(PYTHON)
	@touch $@

setup: .venv/ready ## Install what the lock names into .venv.

demo: setup ## Fill a node with the samples of a fictional county and serve it at http://127.0.0.1:8000.
	@test -f $(DEMO)/node.toml || YANGGUANG_HOME=$(DEMO) $(BIN)/yangguang init \
		--origin demo.example/xxgk --name "$(DEMO_NAME)" --agency $(DEMO_AGENCY)
	@YANGGUANG_HOME=$(DEMO) $(BIN)/yangguang agency register $(SAMPLES)/agencies.toml
	@YANGGUANG_HOME=$(DEMO) $(BIN)/yangguang import $(SAMPLES)
	@YANGGUANG_HOME=$(DEMO) $(BIN)/yangguang serve

test: setup ## Run the tests, the slow ones left out.
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile -m "not slow"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

reference: setup ## Write the generated pages of docs/reference anew.
	$(BIN)/python docs/generate.py

readme: setup
	$(BIN)/python docs/run_readme.py README.md README.zh-CN.md docs/tutorial/*.md docs/how-to/*.md

check: lint types contracts ## What CI runs: lint, types, import contracts, every test, the README's own commands.
	$(BIN)/python docs/generate.py --check
	$(MAKE) readme
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile

bench: setup ## Run the benchmarks; results lie in benchmarks/results.
	@for one in append imports inclusion pages rebuild search witness; do echo "== $$one"; $(BIN)/python -m benchmarks.$$one || exit 1; done

system: ## Install the Debian packages that features want (apt).
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(SYSTEM_PACKAGES)

clean: ## Remove what was made, the demo node included.
	rm -rf .venv .tools $(DEMO) .mypy_cache .ruff_cache .pytest_cache .hypothesis
