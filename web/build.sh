#!/usr/bin/env bash
# Builds the web client into web/dist, and only when something it is made of has changed. Builds are kept by content
# below the user's cache. Called by ./run, ./test and `cargo xtask ci`; --packages only fetches the packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
  echo "error: the web client needs Node 20 or newer and npm; both come from https://nodejs.org" >&2
  exit 1
fi

hash_of() { sha256sum | cut -c1-32; }
fetch_packages() {
  local key
  key=$(cat package-lock.json .npmrc | hash_of)
  if [ "$(cat node_modules/.alphorn-key 2>/dev/null)" != "$key" ]; then
    npm ci --no-audit --no-fund --prefer-offline --loglevel=error
    echo "$key" >node_modules/.alphorn-key
  fi
}
if [ "${1:-}" = --packages ]; then
  fetch_packages
  exit
fi

sources=(index.html package.json package-lock.json vite.config.ts tsconfig.json src public scripts build)
key=$(find "${sources[@]}" -type f ! -name '*.gen.ts' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | hash_of)
if [ -f dist/index.html ] && [ "$(cat dist/.key 2>/dev/null)" = "$key" ]; then
  exit 0
fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/alphorn/web
if [ -f "$cache/$key.tar" ]; then
  rm -rf dist
  mkdir dist
  tar -xf "$cache/$key.tar" -C dist
else
  fetch_packages
  npm run --silent build -- --logLevel warn
  echo "$key" >dist/.key
  if mkdir -p "$cache" 2>/dev/null; then
    tar -cf "$cache/$key.tar.$$" -C dist . && mv "$cache/$key.tar.$$" "$cache/$key.tar"
    # The newest few stay.
    ls -1t "$cache"/*.tar | tail -n +6 | while read -r old; do rm -f "$old"; done
  fi
fi
echo "built the web client"
