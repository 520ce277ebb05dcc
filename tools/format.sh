#!/usr/bin/env bash
# Formats all C files of the tree, or the named ones; with --check only says which would change.
#
#   tools/format.sh [--check] [FILE...]
#
# clang-format-19, the same on Debian 12 and 13.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=(-i)
if [[ ${1:-} == --check ]]; then
	mode=(--dry-run --Werror --ferror-limit=1)
	shift
fi
files=("$@")
if [[ ${#files[@]} == 0 ]]; then
	mapfile -t files < <(find firmware server protocol board tools tests -name '*.[ch]' 2>/dev/null | sort)
fi
[[ ${#files[@]} == 0 ]] || exec clang-format-19 "${mode[@]}" "${files[@]}"
