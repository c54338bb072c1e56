#!/bin/sh
# Make .venv hold exactly what requirements.lock names, and this project beside it.  Says nothing when that is so already.
set -eu
cd "$(dirname "$0")/../.."

say() { echo "setup: $*" >&2; }
die() { say "$*"; exit 1; }

python=${PYTHON:-python3}
command -v "$python" >/dev/null 2>&1 || die "Python is not installed. Install Python 3.11 or newer, then try again."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    die "$("$python" --version) is too old: Dosevakt needs Python 3.11 or newer. Name another one with PYTHON=/path/to/python3."

# The stamp names what was installed: another lock, another pyproject or another Python means another environment.
wanted=$({ "$python" -c 'import sys; print(sys.version)'; pwd; cat requirements.lock pyproject.toml; } | sha256sum)
stamp=.venv/.installed
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && exit 0

make_venv() {
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv --clear .venv
    elif "$python" -m pip --version >/dev/null 2>&1; then  # Debian without python3-venv, but with pip
        "$python" -m venv --clear --without-pip .venv
        pip="$python -m pip --python .venv/bin/python"
    elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "installing Debian's python3-venv ..."
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y python3-venv; } >/dev/null </dev/null ||
            die "apt-get could not install python3-venv; its words are above."
        "$python" -m venv --clear .venv
    else
        die "this Python cannot make a virtual environment. Run: sudo apt install python3-venv   and then the same command again."
    fi
}

pip=".venv/bin/python -m pip"
if [ "$(.venv/bin/python -c 'import pip, sys; print(sys.version)' 2>/dev/null)" = "$("$python" -c 'import sys; print(sys.version)')" ]; then
    say "bringing .venv up to date ..."
else
    say "making the Python environment in .venv (once; about a minute) ..."
    make_venv
fi
export PIP_DISABLE_PIP_VERSION_CHECK=1
# Wheels only: a source package would run its own build code here, which the hashes do not cover.
$pip install --quiet --require-hashes --no-deps --only-binary :all: -r requirements.lock ||
    die "pip could not install the packages; its words are above. Is the network there?"
$pip install --quiet --no-deps --no-build-isolation --editable . || die "pip could not install Dosevakt itself; its words are above."
echo "$wanted" >"$stamp"
say "ready: .venv/bin/dosevakt, .venv/bin/dosevakt-hub"
