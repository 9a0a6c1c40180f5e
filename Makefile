# Everything a person needs; `make help` lists it. The work itself is done in hip/launch.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv/bin
BOOTSTRAP = $(or $(PYTHON),$(error Python 3.11 is needed: install it, or name it with PYTHON=/path/to/python3.11)) \
	hip/launch/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help run setup develop train shell test lint format evaluate clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: setup ## Set up, train if needed, start the assistant; Ctrl-C stops it
	@$(VENV)/python -m hip.launch run

setup: ## Make or update the environment from the lock file
	@$(BOOTSTRAP)

develop: ## The same, with the test and lint tools
	@$(BOOTSTRAP) --dev

train: setup ## Train the model if its data, configuration or code changed
	@$(VENV)/python -m hip.launch train

shell: setup ## Chat in this terminal, with an action server of its own
	@$(VENV)/python -m hip.launch shell

test: lint ## Lint, then run every test
	@$(VENV)/python -m pytest

lint: develop ## Check style and types
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy --strict hip

format: develop ## Put the code in shape
	@$(VENV)/ruff check --fix .
	@$(VENV)/ruff format .

evaluate: setup ## Play the evaluation patients and sentences against the assistant
	@$(VENV)/python -m evaluation

clean: ## Remove trained models, caches and the environment; keeps var/ with its databases
	@rm -rf models/*.tar.gz models/*.json .rasa .venv .uv .pytest_cache .mypy_cache .ruff_cache .hypothesis
