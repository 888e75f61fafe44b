#!/usr/bin/env bash
# Makes sure of what the system's package manager must bring, for `run` or for `test`. Installs it where it may (apt,
# as root or by a sudo that asks nothing); otherwise says the one line to type and fails.
set -euo pipefail
purpose=${1:?run or test}
missing=()

# need PACKAGE COMMAND...: the package is missing unless one of the commands is there.
need() {
  local package=$1 command
  shift
  for command in "$@"; do
    if command -v "$command" >/dev/null 2>&1; then return; fi
  done
  missing+=("$package")
}

# The fonts that love_market/paper/fonts.py knows; on a bare machine without fontconfig, Noto's file.
has_chinese_font() {
  if command -v fc-list >/dev/null 2>&1; then
    fc-list : family | grep -E 'Noto (Sans|Serif) CJK SC|Source Han|Songti SC|PingFang SC|SimSun|YaHei|SimHei' >/dev/null
  else
    [ -n "$(find /usr/share/fonts /usr/local/share/fonts -iname 'noto*cjk*' 2>/dev/null)" ]
  fi
}

need nodejs node
need npm npm
has_chinese_font || missing+=(fonts-noto-cjk)
if [ "$purpose" = test ]; then
  need chromium chromium chromium-browser google-chrome
  need poppler-utils pdftoppm
  need libreoffice-calc soffice # tests/office.py: workbooks by another program than the ones that we write and read with
  need zbar-tools zbarimg
  # tests/cluster and tests/deploy run what a county runs. Patroni's package brings what Patroni stands on.
  need patroni patroni
  need etcd-server etcd
  need nginx-light nginx /usr/sbin/nginx
  need logrotate logrotate /usr/sbin/logrotate
  need iproute2 ip
  need openssl openssl
  # Debian keeps the server's programs out of the path; a server that is named elsewhere will do as well.
  [ -n "${TEST_DATABASE_URL:-}" ] || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need postgresql initdb
fi
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
if command -v apt-get >/dev/null 2>&1 && "${as_root[@]}" true 2>/dev/null; then
  echo "Installing ${missing[*]} …"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
  exit 0
fi
line="sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
command -v apt-get >/dev/null 2>&1 || line="(no apt-get here: install the like of ${missing[*]} in this system's own way)"
if [ "$purpose" = run ] && [ "${missing[*]}" = fonts-noto-cjk ]; then
  echo "No Chinese font here: pages open, papers cannot be printed until there is one. Type: $line" >&2
  exit 0
fi
echo "This machine lacks ${missing[*]}. Type this line, then the same command again:" >&2
echo "  $line" >&2
exit 1
