# The targets are run.py's commands; on Windows call it directly: python run.py serve
PYTHON ?= python3

.PHONY: serve test lint bench setup
serve test lint bench setup:
	@$(PYTHON) run.py $@ $(ARGS)
