# What `./run` and `./test` share: say what is missing, and install it where that needs no
# surprise. To be sourced. Expects `root`, the folder of the repository.

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# The path, absolute, as seen from where the user stands.
absolute() {
  case $1 in
    /*) printf '%s\n' "$1" ;;
    *) printf '%s/%s\n' "$PWD" "$1" ;;
  esac
}

# Where cargo puts what it builds.
target_folder() {
  case ${CARGO_TARGET_DIR:-} in
    '') printf '%s/target\n' "$root" ;;
    *) absolute "$CARGO_TARGET_DIR" ;;
  esac
}

# Installs Debian packages: as root, or with sudo where it asks for no password. Otherwise prints
# the command and ends.
install_packages() {
  [ $# -gt 0 ] || return 0
  local command="apt-get update && apt-get install --yes --no-install-recommends $*"
  if ! have apt-get; then
    die "these packages are missing, under the names that Debian gives them: $*"
  elif [ "$(id -u)" = 0 ]; then
    say "Installing: $*"
    DEBIAN_FRONTEND=noninteractive sh -c "$command" >&2 || die "the packages cannot be installed: $*"
  elif [ "${may_use_sudo:-no}" = yes ] && have sudo && sudo -n true 2>/dev/null; then
    say "Installing with sudo: $*"
    sudo -n env DEBIAN_FRONTEND=noninteractive sh -c "$command" >&2 \
      || die "the packages cannot be installed: $*"
  else
    say "These packages are missing: $*"
    say "Install them with this command, and start again:"
    say ""
    say "  sudo sh -c '$command'"
    exit 1
  fi
}

# The Rust version that the workspace asks for, such as 1.95.
rust_wanted() {
  sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$root/Cargo.toml"
}

rust_is_new_enough() {
  local found
  found=$(rustc --version 2>/dev/null | cut -d' ' -f2)
  [ -n "$found" ] && [ "$(printf '%s\n' "$(rust_wanted)" "$found" | sort -V | head -n 1)" = "$(rust_wanted)" ]
}

# cargo, by rustup where there is none or it is too old.
ensure_rust() {
  if ! have cargo && [ -r "${CARGO_HOME:-$HOME/.cargo}/env" ]; then
    # shellcheck disable=SC1091
    . "${CARGO_HOME:-$HOME/.cargo}/env"
  fi
  if ! have cargo; then
    have curl || die "curl is missing; it is needed to install Rust"
    say "Rust is missing. Installing it with rustup, into ${CARGO_HOME:-$HOME/.cargo} (no root needed)."
    curl --proto '=https' --tlsv1.2 --silent --show-error --fail https://sh.rustup.rs \
      | sh -s -- -y --profile minimal --no-modify-path >&2 \
      || die "rustup cannot be installed; see https://rustup.rs"
    # shellcheck disable=SC1091
    . "${CARGO_HOME:-$HOME/.cargo}/env"
  fi
  rust_is_new_enough && return 0
  have rustup || die "Rust $(rust_wanted) or newer is needed, and this one has no rustup to update it"
  say "Updating Rust: $(rust_wanted) or newer is needed."
  rustup toolchain install stable --profile minimal >&2 || die "Rust cannot be updated"
  export RUSTUP_TOOLCHAIN=stable
  rust_is_new_enough || die "Rust $(rust_wanted) or newer is needed; the stable one is older"
}

# `npm ci` in a folder of the repository, unless what is there is what the lock file says.
npm_packages() {
  local folder=$root/$1 installed=$root/$1/node_modules/.package-lock.json
  [ -f "$installed" ] && [ ! "$folder/package-lock.json" -nt "$installed" ] && return 0
  (cd "$folder" && npm ci --no-audit --no-fund >&2)
}

# Fonts, htmx and the islands, which the binary embeds.
build_assets() {
  [ -f "$root/crates/web/package.json" ] || return 0
  if ! have npm; then
    say "npm is missing: pages use the fonts of the system and have no islands. Everything works."
    return 0
  fi
  if npm_packages crates/web && (cd "$root/crates/web" && npm run --silent build >&2); then
    return 0
  fi
  return 1
}
