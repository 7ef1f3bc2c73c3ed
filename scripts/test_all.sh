#!/usr/bin/env bash
# Everything: format, lint, types, all tests on SQLite and PostgreSQL, and in a browser.
# Ends with what was not run, so that a green line never hides a gap.
set -uo pipefail

cd "$(dirname "$0")/.."
python=.venv/bin/python
failed=()
not_run=()
log=$(mktemp)
trap 'rm -f "$log"' EXIT

step() {
    local name=$1
    shift
    printf '\n== %s\n' "$name"
    local start=$SECONDS
    if "$@"; then
        printf -- '-- %s: passed in %s s\n' "$name" $((SECONDS - start))
    else
        printf -- '-- %s: FAILED after %s s\n' "$name" $((SECONDS - start))
        failed+=("$name")
    fi
}

# Tests, with every skipped one noted for the summary.
tests() {
    $python -m pytest -rs -p no:cacheprovider "$@" | tee "$log"
    local code=${PIPESTATUS[0]}
    while IFS= read -r line; do not_run+=("$line"); done < <(grep '^SKIPPED' "$log")
    return "$code"
}

step format $python -m ruff format --check .
step lint $python -m ruff check .
step types $python -m mypy
step "tests (SQLite, in parallel)" tests -n 2 --dist worksteal -m "not browser and not postgres"
step "tests (PostgreSQL)" tests -m "postgres and not browser"
# Service tests without a database ran above.
step "services (PostgreSQL)" tests -n 2 --dist worksteal --databases postgres \
    -m "postgres and not slow" tests/services
if [ "${WORKBENCH_TEST_BROWSER:-}" = off ]; then
    not_run+=("browser tests: switched off by WORKBENCH_TEST_BROWSER=off")
elif scripts/install_browser.sh; then
    # A busy machine may be too slow for a real browser once; twice in a row is a failure. What was
    # run again is listed.
    step "tests (browser)" tests -n 2 --dist worksteal -m browser --reruns 1 -rR
    step "the spine (browser, PostgreSQL)" tests --databases postgres -m browser \
        --reruns 1 -rR \
        tests/e2e/test_one_claim_all_the_way.py
else
    failed+=("browser tests: there is no browser (WORKBENCH_TEST_BROWSER=off leaves them out)")
fi

printf '\n== Summary\n'
if [ ${#not_run[@]} -eq 0 ]; then
    echo "Not run: nothing; everything was run."
else
    printf 'Not run: %s\n' "${not_run[@]}"
fi
if [ ${#failed[@]} -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed[@]}"
    exit 1
fi
echo "All passed."
