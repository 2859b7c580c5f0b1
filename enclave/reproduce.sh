#!/usr/bin/env bash
# Builds the enclave twice, from copies of the tree in folders of unlike names, and compares what comes out byte for byte.
# Needs the .NET SDK of global.json, clang or gcc, and zlib1g-dev. Prints the SHA-256 and the measurement that governors enrol. Two to four minutes.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

one=$work/one
two=$work/a-folder-with-quite-another-name/two

# Both copies before the first build, so that a change made meanwhile is in neither. bin and obj of earlier builds do not travel.
for copy in "$one" "$two"; do
    mkdir -p "$copy/tree"
    tar -C "$root" --exclude=bin --exclude=obj -cf - \
        Directory.Build.props Directory.Packages.props global.json schemas src/BannedSymbols.txt src/PrivChain.Core src/PrivChain.Signatures attestation/PrivChain.Attestation attestation/PrivChain.Attestation.Sources \
        enclave/PrivChain.Enclave | tar -C "$copy/tree" -xf -
done

for copy in "$one" "$two"; do
    dotnet publish "$copy/tree/enclave/PrivChain.Enclave" -c Release -r linux-x64 -o "$copy/out" -v quiet -nodeReuse:false >"$copy/log" 2>&1 || { cat "$copy/log" >&2; exit 1; }
    rm -rf "$copy/tree"
    find "$copy/out" -type f ! -name '*.pdb' ! -name '*.dbg' -printf '%P\n' | LC_ALL=C sort >"$copy/files"
done

# One file and nothing else: whatever lies beside it would be an input that is not code.
test "$(cat "$one/files")" = PrivChain.Enclave
cmp "$one/files" "$two/files"
cmp "$one/out/PrivChain.Enclave" "$two/out/PrivChain.Enclave"
sha256sum "$one/out/PrivChain.Enclave" | cut -d' ' -f1
env -i "$one/out/PrivChain.Enclave" --measure
test "$(env -i "$one/out/PrivChain.Enclave" --measure)" = "$(env -i "$two/out/PrivChain.Enclave" --measure)"
