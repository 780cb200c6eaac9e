#!/usr/bin/env bash
# release.sh FOLDER: everything that a release hands out, from this checkout: wheel and sdist, the
# kernel built anew from its recipe, its submission bundle, the bill of materials, their digests.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p "$1"
out=$(cd "$1" && pwd)
python -m build --no-isolation --outdir "$out" .
cycleproof build --recipe best -o - > "$out/kernel.json"
cmp "$out/kernel.json" artifacts/kernel.json
cycleproof pack "$out/kernel.json" -o "$out/bundle.zip"
cycleproof verify "$out/bundle.zip" --skip proof
cyclonedx-py requirements requirements/verify.txt --pyproject pyproject.toml \
  --output-reproducible --of JSON -o "$out/sbom.cdx.json"
cd "$out"
sha256sum -- *.whl *.tar.gz kernel.json bundle.zip sbom.cdx.json > SHA256SUMS
