# The two commands of the README are `make demo` and `make test`; each does its own set-up.
.PHONY: setup demo story test soak fuzz install-check mutation lint bench deb lock clean

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

# The fault matrix in full, more than 200 kills of the hub; some forty minutes.  SEED=n asks other questions.
SEED := 1
soak: setup
	@sh tools/setup/debian_packages.sh
	@$(RUN)/python -m hil_tests.faults --seed $(SEED) --kills 200

# Damaged messages for every parser, some millions.
fuzz: setup
	@$(RUN)/python -m tools.setup.fuzz --seed $(SEED)

# The Debian package in a clean Debian 12, with systemd; as root (docs/operations.md).
install-check: setup
	@$(RUN)/python -m deploy.try_install

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
