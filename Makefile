# Everything a person needs; `make help` lists it. The work itself is done in hip/launch.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv/bin
BOOTSTRAP = $(or $(PYTHON),$(error Python 3.11 is needed: install it, or name it with PYTHON=/path/to/python3.11)) \
	hip/launch/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help run setup widget browser develop train shell test test-scale soak prove lint format audit sbom evaluate bench peer clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: setup widget/dist/widget.js ## Set up, train if needed, start the assistant; Ctrl-C stops it
	@$(VENV)/python -m hip.launch run

setup: ## Make or update the environment from the lock file
	@$(BOOTSTRAP)

# The page works without the widget, so a machine without Node.js is told and goes on.
widget/dist/widget.js:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory widget; \
	else echo "Node.js 20 and npm are missing: the page shows no chat until \`make widget\` has run. The rest starts."; fi

widget: ## Build the chat widget into widget/dist, which the gateway serves (needs Node.js 20 and npm)
	@cd widget && npm ci --no-audit --no-fund --silent && npm run --silent build

browser: ## Install the browser that the browser tests drive (Debian, as root)
	@command -v chromium >/dev/null || { apt-get update -q && apt-get install -qy --no-install-recommends chromium fonts-liberation; }

develop: ## The same, with the test and lint tools
	@$(BOOTSTRAP) --dev

train: setup ## Train the model if its data, configuration or code changed
	@$(VENV)/python -m hip.launch train

shell: setup ## Chat in this terminal, with an action server of its own
	@$(VENV)/python -m hip.launch shell

# Two processes, a file in one of them: real servers and a browser are started in both, and a runner has two cores.
test: lint ## Lint, then run every test
	@$(VENV)/python -m pytest -n 2 --dist loadfile --ignore tests/scale

# Takes about 20 minutes. nginx is the real one; faketime moves the clock.
test-scale: develop ## Two of each server, PostgreSQL and Redis: the same answers, faults, a rollout (Debian, as root)
	@command -v nginx >/dev/null && command -v faketime >/dev/null || \
		{ apt-get update -q && apt-get install -qy --no-install-recommends nginx-light faketime; }
	@$(VENV)/python -m pytest tests/scale

# Takes about a quarter of an hour. What it finds is printed at its end, and it fails when a bar is missed.
soak: develop ## Ten thousand random messages over the gateway: no exception, no dead end, no growth
	@$(VENV)/python -m tests.soak

prove: develop ## Prove the rules for every patient there can be, and name one where they fail
	@$(VENV)/python -m hip.proof

lint: develop ## Check style and types
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy --strict hip actions

format: develop ## Put the code in shape
	@$(VENV)/ruff check --fix .
	@$(VENV)/ruff format .

audit: develop ## Known advisories against the locked packages: fails on one that is not accepted (needs the network)
	@$(VENV)/python -m hip.supply_chain audit

sbom: setup ## Write the bill of materials into var/sbom (needs npm)
	@$(VENV)/python -m hip.launch train
	@$(VENV)/python -m hip.supply_chain bill

evaluate: setup peer ## Measure the assistant, beside Rasa's default pipeline; writes evaluation/RESULTS.md
	@$(VENV)/python -m evaluation

# The default is trained once, which takes an hour on two cores; its model and the time it took are kept.
bench: develop peer ## Measure speed, memory, start, training and disk beside Rasa's default; the last line is JSON
	@$(VENV)/python -m benchmarks.bench

peer: setup ## Make the environment of Rasa's default pipeline, with TensorFlow (2.5 GB)
	@PATH="$(CURDIR)/.uv/bin:$$PATH" uv sync --locked --quiet --compile-bytecode --project benchmarks/peer --python $(VENV)/python

clean: ## Remove trained models, caches and the environment; keeps var/ with its databases
	@rm -rf models/*.tar.gz models/*.json .rasa .venv .uv benchmarks/peer/.venv benchmarks/peer/built deploy/audit/.venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
