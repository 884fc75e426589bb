#!/usr/bin/env bash
# Installs the system packages that the end-to-end tests need, where we are root on Debian; says
# which are missing elsewhere. Without them those tests say loudly that they were skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
while read -r package _; do
    case "$package" in "" | "#"*) continue ;; esac
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing+=("$package")
done < tests/system-packages.txt

[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing for the end-to-end tests: ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
    echo "NOT INSTALLED (not root on Debian): ${missing[*]}. The tests that need them will be skipped."
fi
