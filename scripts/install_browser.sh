#!/usr/bin/env bash
# Chromium for the browser tests, from the system's packages, if there is none yet.
# WORKBENCH_TEST_BROWSER=off: leave the browser tests out, and say so in the summary.
set -euo pipefail

if [ "${WORKBENCH_TEST_BROWSER:-}" = off ]; then
    echo "Browser tests are switched off (WORKBENCH_TEST_BROWSER=off)."
    exit 0
fi
browser=${WORKBENCH_TEST_CHROMIUM:-/usr/bin/chromium}
packages=()
[ -x "$browser" ] || packages+=(chromium)
# The driver of the browser tests needs this library, which a minimal Debian has not.
/sbin/ldconfig -p | grep -q 'libatomic\.so\.1' || packages+=(libatomic1)
if [ ${#packages[@]} -eq 0 ]; then
    echo "Browser: $browser"
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "Missing: ${packages[*]}, and no apt-get to install it with. Install it, or set WORKBENCH_TEST_BROWSER=off." >&2
    exit 1
fi
as_root=""
[ "$(id -u)" = 0 ] || as_root=sudo
echo "Installing ${packages[*]} from the system's packages ..."
if ! { $as_root apt-get update -qq &&
       $as_root env DEBIAN_FRONTEND=noninteractive \
           apt-get install -y -qq --no-install-recommends "${packages[@]}"; }; then
    echo "${packages[*]} could not be installed. Install it by hand, or set WORKBENCH_TEST_BROWSER=off." >&2
    exit 1
fi
echo "Browser: $(command -v chromium)"
