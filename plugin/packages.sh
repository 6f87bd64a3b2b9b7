# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# Sourced by plugin/try and tests/run: sees to it that Debian's or Ubuntu's
# packages are there, and asks apt only when some are missing.

build_packages=(gcc libc6-dev meson ninja-build pkg-config gettext
                libcurl4-openssl-dev libhdf5-dev
                libglib2.0-dev-bin libgegl-dev libgexiv2-dev libjson-glib-dev liblcms2-dev
                libjpeg-dev libopenblas-dev libopenexr-dev libtiff-dev libvips-dev
                zlib1g-dev)

# What needs root is announced here, even where the rest goes to a log.
exec 3>&1

# Prints those of "$@" that are not installed.
packages_missing ()
{
  local package
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed \
      || echo "$package"
  done
}

# as_root WHAT COMMAND...: WHAT says what COMMAND does, before sudo asks for a password.
as_root ()
{
  local what=$1
  shift
  if [ "$(id -u)" = 0 ]; then
    echo "$what." >&3
    "$@"
  elif command -v sudo > /dev/null; then
    echo "$what: apt-get needs root's rights for it, and sudo may ask for your password." >&3
    sudo "$@"
  else
    echo "needs root or sudo for: $*" >&2
    return 1
  fi
}

packages_update ()
{
  [ -n "${packages_updated-}" ] \
    || as_root "Fetching the list of packages that can be installed" apt-get -qq update || return 1
  packages_updated=yes
}

# Installs what is missing of "$@".
packages_install ()
{
  local missing
  mapfile -t missing < <(packages_missing "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get > /dev/null || {
    echo "this is no Debian or Ubuntu; install by hand: ${missing[*]}" >&2
    return 1
  }
  packages_update || return 1
  as_root "Installing ${missing[*]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends "${missing[@]}"
}

# Sets $gimp to the GIMP that is here, or else the one that can be installed: 2 or 3.
find_gimp ()
{
  for gimp in 3 2; do
    ! pkg-config --exists "gimp-$gimp.0" 2> /dev/null || return 0
  done
  packages_update || return 1
  [[ $(LC_ALL=C apt-cache policy libgimp-3.0-dev) != *"Candidate: "[0-9]* ]] || gimp=3
}

gimp_packages ()
{
  case $1 in
    2) echo gimp libgimp2.0-dev ;;
    3) echo gimp libgimp-3.0-dev ;;
  esac
}

# Fails, and says what to do, where the build folder "$1" holds what another user made, as
# after `sudo meson install'.
folder_is_own ()
{
  local other
  [ "$(id -u)" != 0 ] && [ -d "$1" ] || return 0
  other=$(find "$1" ! -user "$(id -u)" -print -quit 2> /dev/null)
  [ -n "$other" ] || return 0
  echo "$other belongs to $(stat -c %U "$other"), not to you; remove the folder, which is made anew:" \
    "sudo rm -r $1" >&2
  return 1
}
