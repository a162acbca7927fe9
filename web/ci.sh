#!/usr/bin/env bash
# The steps of `cargo xtask ci` that are about the web client: `check` (types, layers, words, tests, budget) and `e2e`
# (people in Chromium against the program that was built).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

case "${1:-}" in
check)
  ./build.sh --packages
  npm run --silent check
  npm test --silent
  ./build.sh
  npm run --silent budget
  ;;
e2e)
  ./build.sh --packages
  ./build.sh
  if ! command -v "${CHROMIUM:-chromium}" >/dev/null 2>&1; then
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    echo "installing chromium"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      -o Dpkg::Use-Pty=0 chromium >/dev/null
  fi
  npm run --silent e2e
  ;;
*)
  echo "usage: web/ci.sh check|e2e" >&2
  exit 1
  ;;
esac
