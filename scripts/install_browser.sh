#!/usr/bin/env bash
# Chromium for the browser tests, from the system's packages, if there is none yet.
# WORKBENCH_TEST_BROWSER=off: leave the browser tests out, and say so in the summary.
set -euo pipefail

if [ "${WORKBENCH_TEST_BROWSER:-}" = off ]; then
    echo "Browser tests are switched off (WORKBENCH_TEST_BROWSER=off)."
    exit 0
fi
browser=${WORKBENCH_TEST_CHROMIUM:-/usr/bin/chromium}
if [ -x "$browser" ]; then
    echo "Browser: $browser"
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "No Chromium found and no apt-get to install it with. Install Chromium, or set WORKBENCH_TEST_BROWSER=off." >&2
    exit 1
fi
as_root=""
[ "$(id -u)" = 0 ] || as_root=sudo
echo "Installing Chromium from the system's packages ..."
if ! { $as_root apt-get update -qq &&
       $as_root env DEBIAN_FRONTEND=noninteractive \
           apt-get install -y -qq --no-install-recommends chromium; }; then
    echo "Chromium could not be installed. Install it by hand, or set WORKBENCH_TEST_BROWSER=off." >&2
    exit 1
fi
echo "Browser: $(command -v chromium)"
