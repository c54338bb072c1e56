# The two commands of the README are `make demo` and `make test`; each does its own set-up.
.PHONY: setup demo story test mutation lint bench deb lock clean

VENV := .venv
RUN := $(VENV)/bin

setup:
	@sh tools/setup/python_packages.sh

demo: setup
	@exec $(RUN)/dosevakt demo

# All stories, two at a time; one:  make story NAME=jam
story: setup
	@$(RUN)/python -m tools.setup.stories $(NAME)

test: setup
	@sh tools/setup/debian_packages.sh
	$(RUN)/python -m pytest -n 2 --junitxml=build/test-report.xml

# Some twenty minutes; writes docs/mutation.md.  Not part of `make test`.
mutation: setup
	@$(RUN)/python -m tools.setup.mutation $(CORES)

lint: setup
	@sh tools/setup/lint.sh

bench: setup
	@$(RUN)/python -m bench.heap
	@for script in bench/*/run.py; do echo "== $$script"; $(RUN)/python "$$script" || exit 1; done

# The hub as a Debian package, in build/ (docs/operations.md).
deb: setup
	$(RUN)/python -m deploy.debian.build

lock: setup
	$(RUN)/uv pip compile --quiet --universal --generate-hashes --extra dev \
	    --custom-compile-command "make lock" pyproject.toml -o requirements.lock

clean:
	rm -rf build $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
