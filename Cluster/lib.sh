# What the scripts beside this share. Sourced, not run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Installs those of the named Debian packages that are missing, saying so; with sudo when not root.
install_missing() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    local sudo=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            echo "missing packages: ${missing[*]}; install them as root: apt-get install ${missing[*]}" >&2
            exit 69
        }
        sudo=(sudo)
    fi
    echo "installing ${missing[*]}" >&2
    "${sudo[@]}" apt-get update -qq >&2
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# What building needs.
install_for_building() {
    command -v swift >/dev/null || {
        echo "Swift 6.3 is missing; install it from https://www.swift.org/install and put it on the PATH" >&2
        exit 69
    }
    install_missing libzmq3-dev libsqlite3-dev pkg-config
}

# Builds the named products in release; shows the compiler's words only when it fails.
#
# The library of the language is in the products, not beside them: every count of a reference is a call into it, which
# is an eighth faster when it need not go through the dynamic linker's table.
build_release() {
    local product log
    cd "$root" || exit 66
    log=$(mktemp)
    for product in "$@"; do
        echo "building $product (release); the first time takes some minutes" >&2
        if ! swift build -c release --static-swift-stdlib --product "$product" >"$log" 2>&1; then
            grep -E "error" "$log" >&2 || tail -n 20 "$log" >&2
            echo "$product could not be built; the whole output is in $log" >&2
            exit 70
        fi
    done
    rm -f "$log"
}
