#!/bin/sh
# Every check that runs no test.  Each says its name first, so that the last name printed is the one that failed.
set -eu
cd "$(dirname "$0")/../.."
bin=.venv/bin
mkdir -p build

step() { echo "== $*" >&2; }

step ruff
$bin/ruff check --quiet .
step ruff format
$bin/ruff format --quiet --check .
step mypy
$bin/mypy
step import contracts
$bin/lint-imports --no-cache >build/lint-imports.txt 2>&1 || { cat build/lint-imports.txt; exit 1; }
step device files compile with mpy-cross
$bin/python -m tools.setup.compile_device
step firmware against the board\'s stubs
$bin/python -m tools.setup.check_stubs
step what must not be in the repository
sh tools/setup/forbidden_text.sh
