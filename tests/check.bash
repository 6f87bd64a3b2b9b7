# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# How the tests of commands say what they found; $failed is 1 in the end if a check failed.

failed=0

# Runs "$2"... and says whether it succeeded; $1 says what that shows.
check ()
{
  local what=$1
  shift
  if "$@" > log 2>&1; then
    echo "ok $what"
  else
    echo "not ok $what"
    sed 's/^/# /' log | head -n 20
    failed=1
  fi
}

# Whether the words $2 are in $1.
says () { echo "$1"; [[ $1 == *"$2"* ]]; }
