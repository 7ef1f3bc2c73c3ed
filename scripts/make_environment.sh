#!/usr/bin/env bash
# A virtual environment in .venv with the packages of one requirements file.
# A stamp of the files' contents makes a second call a matter of milliseconds.
#   scripts/make_environment.sh requirements.txt
set -euo pipefail

cd "$(dirname "$0")/.."
wanted=${1:?name a requirements file}
venv=.venv
python=${PYTHON:-python3}

stamp=$venv/.stamp-$(basename "$wanted" .txt)
# Its own text and that of the files it names by -r.
digest=$(cat "$wanted" $(sed -n 's/^-r *//p' "$wanted") | sha256sum | cut -d' ' -f1)
if [ -x $venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$digest" ]; then
    exit 0
fi

if ! command -v "$python" >/dev/null; then
    echo "There is no $python. Install Python 3.11 or newer, on Debian and Ubuntu: apt-get install python3 python3-venv" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Python 3.11 or newer is needed; $("$python" --version) is here. Name another by PYTHON=python3.12 make run" >&2
    exit 1
fi

if ! $venv/bin/python -m pip --version >/dev/null 2>&1; then
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        # Debian and Ubuntu ship venv in a package of its own, one for each version of Python.
        package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        as_root=""
        [ "$(id -u)" = 0 ] || as_root=sudo
        echo "Installing $package ..."
        if ! { command -v apt-get >/dev/null && $as_root apt-get update -qq &&
               $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package"; }; then
            echo "Python's venv module is missing. Install it, on Debian and Ubuntu: apt-get install $package" >&2
            exit 1
        fi
    fi
    "$python" -m venv $venv
fi
echo "Installing the packages of $wanted into $venv (some minutes the first time) ..."
PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
    $venv/bin/python -m pip install --quiet -r "$wanted"
echo "$digest" >"$stamp"
