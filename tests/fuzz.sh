#!/usr/bin/env bash
# Coverage-guided search in every parser with AFL: a fixed time for each harness, from the vectors' files. Fails on the first crash or hang, and says where its bytes are.
# usage: tests/fuzz.sh [seconds for each harness] [harness…]
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
vectors=${PRIVCHAIN_VECTORS:-../shared/vectors}
work=artifacts/fuzz
command -v afl-fuzz >/dev/null || { echo "afl-fuzz is missing: install the Debian package afl++" >&2; exit 1; }

rm -rf "$work"
mkdir -p "$work/found"
dotnet publish tests/PrivChain.Fuzz -c Release -o "$work/program" -v q --nologo
(cd tests/PrivChain.Fuzz && dotnet tool restore)
# Every assembly of ours reports its branches; seeds are written first, since an instrumented program runs under AFL alone.
program="dotnet $work/program/PrivChain.Fuzz.dll"
harnesses=${*:-$($program list)}
# shellcheck disable=SC2086
$program seeds "$vectors" "$work/seeds" $harnesses
for assembly in Core Attestation Attestation.Collateral; do
  (cd tests/PrivChain.Fuzz && dotnet sharpfuzz "../../$work/program/PrivChain.$assembly.dll")
done

export AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1
for harness in $harnesses; do
  # shellcheck disable=SC2086
  afl-fuzz -V "$seconds" -t 5000 -m none -i "$work/seeds/$harness" -o "$work/found/$harness" -- $program fuzz "$harness" >"$work/$harness.log" 2>&1 || { tail -n 20 "$work/$harness.log"; exit 1; }
  stats="$work/found/$harness/default/fuzzer_stats"
  value() { sed -n "s/^$1 *: //p" "$stats"; }
  echo "$harness: $(value execs_done) runs, $(value corpus_count) inputs of unlike coverage, $(value saved_crashes) crashes, $(value saved_hangs) hangs"
  [ "$(value saved_crashes)$(value saved_hangs)" = 00 ] || { echo "see $work/found/$harness/default" >&2; exit 1; }
done
