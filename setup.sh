#!/usr/bin/env bash
# Makes a fresh Debian 12 with Rust (rustup) and Node (with npm) ready to build, run and test Alphorn. Does nothing where
# everything is there; uses sudo when it has to install and is not root. Called by ./run, ./test and cargo xtask setup.
set -euo pipefail

need() { command -v "$1" >/dev/null 2>&1; }

# What a plain rustup installation lacks: a linker and libc's headers (bundled SQLite, ring); git names the
# checkout's files for `cargo xtask tidy`; the certificates are for cargo's downloads.
packages=()
need cc || packages+=(gcc)
[ -e /usr/include/stdlib.h ] || packages+=(libc6-dev)
need git || packages+=(git)
[ -e /etc/ssl/certs/ca-certificates.crt ] || packages+=(ca-certificates)

if [ ${#packages[@]} -gt 0 ]; then
  if ! need apt-get; then
    echo "error: missing ${packages[*]}, and there is no apt-get here: please install them" >&2
    exit 1
  fi
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    need sudo || { echo "error: ${packages[*]} must be installed, by root or with sudo" >&2; exit 1; }
    as_root=(sudo)
  fi
  echo "installing ${packages[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Use-Pty=0 "${packages[@]}" >/dev/null
fi

# rustup's folder is not in PATH before the next login.
if ! need cargo && [ -f "$HOME/.cargo/env" ]; then
  . "$HOME/.cargo/env"
fi
if ! need cargo; then
  echo "error: cargo is not in PATH; Rust is installed as https://rustup.rs says" >&2
  exit 1
fi
if ! need node || ! need npm; then
  echo "error: the web client needs Node 20 or newer and npm: https://nodejs.org" >&2
  exit 1
fi
if need rustup; then
  cargo fmt --version >/dev/null 2>&1 || rustup --quiet component add rustfmt
  cargo clippy --version >/dev/null 2>&1 || rustup --quiet component add clippy
fi
