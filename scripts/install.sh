#!/usr/bin/env bash
# Makes the environment from requirements.lock. Finds or installs uv, finds a Python 3.10 that is
# there (pyenv's too) or lets uv fetch one.
# Usage: scripts/install.sh [.venv]
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${1:-.venv}

find_uv() {
    for candidate in uv "$HOME/.local/bin/uv" "$HOME/.cargo/bin/uv" .uv/bin/uv; do
        # a pyenv shim may answer --help and still refuse to run: ask for the version
        if "$candidate" --version >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    local python
    for python in python3 python3.13 python3.12 python3.11 python3.10 python3.9 python; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1; then
            echo "Installing uv into .uv/ …" >&2
            if "$python" -m venv .uv >&2 && .uv/bin/python -m pip install --quiet uv >&2; then
                echo .uv/bin/uv
                return
            fi
        fi
    done
    echo "Neither uv nor a Python 3.9+ with venv was found. Install one of them: https://docs.astral.sh/uv/" >&2
    exit 1
}

find_python() {
    local python
    for python in "$HOME"/.pyenv/versions/3.10.*/bin/python "${PYENV_ROOT:-/nonexistent}"/versions/3.10.*/bin/python; do
        if [ -x "$python" ]; then
            echo "$python"
            return
        fi
    done
    echo 3.10
}

uv=$(find_uv)
# A copy that is not there yet, or of another Python, is made anew; one that is there is only brought up to date.
if ! "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1; then
    "$uv" venv --quiet --clear --python "$(find_python)" "$venv"
fi
echo "Installing the packages of requirements.lock …"
# Bytecode is compiled now: where the environment forbids writing it later, importing Rasa takes three times as long.
UV_LINK_MODE=${UV_LINK_MODE:-hardlink} "$uv" pip sync --quiet --compile-bytecode --require-hashes --python "$venv/bin/python" requirements.lock
"$uv" pip install --quiet --no-deps --python "$venv/bin/python" --editable .
