# The targets are run.py's commands; on Windows call it directly: python run.py serve
SUITED = import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	command -v $$name >/dev/null 2>&1 && $$name -c '$(SUITED)' 2>/dev/null && echo $$name && break; done)

.PHONY: serve test lint bench setup
serve test lint bench setup:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Il faut Python 3.11 ou plus récent, introuvable ici : installez-le, puis relancez « make $@ »."; \
		echo "Python 3.11 or newer is needed and was not found: install it, then run “make $@” again."; \
		exit 1; fi
	@$(PYTHON) run.py $@ $(ARGS)
