#!/usr/bin/env bash
# Formats all C files of the tree, or the named ones; with --check only says which would change.
#
#   tools/format.sh [--check] [FILE...]
#
# clang-format-19, the same on Debian 12 and 13.
set -euo pipefail
cd "$(dirname "$0")/.."

check=no
if [[ ${1:-} == --check ]]; then
	check=yes
	shift
fi
files=("$@")
if [[ ${#files[@]} == 0 ]]; then
	mapfile -t files < <(find firmware server protocol board tools tests -name '*.[ch]' 2>/dev/null | sort)
fi
[[ ${#files[@]} != 0 ]] || exit 0
[[ $check == yes ]] || exec clang-format-19 -i "${files[@]}"
unformatted=$(clang-format-19 --dry-run "${files[@]}" 2>&1 | sed -n 's/:[0-9]*:[0-9]*: warning: .*//p' | sort -u)
[[ -z $unformatted ]] || {
	printf 'not formatted: %s\n' $unformatted
	exit 1
}
