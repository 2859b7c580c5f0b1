#!/usr/bin/env bash
# Installs what the tests need, builds everything, and runs every test. `--all` adds the slow suites (category Slow), mutation testing and the long search in every parser.
# The last line printed is "N passed, N failed, N skipped", with the totals of everything that ran.
set -u
cd "$(dirname "$0")/.." || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

all=false
for argument in "$@"; do
  case "$argument" in
    --all) all=true ;;
    *) echo "usage: tests/run.sh [--all]" >&2; exit 2 ;;
  esac
done

passed=0 failed=0 skipped=0
say() { printf '\n== %s\n' "$*"; }
finish() { echo "$passed passed, $failed failed, $skipped skipped"; [ "$failed" = 0 ]; exit; }
stop() { echo "$*" >&2; failed=$((failed + 1)); finish; }

# Debian packages, by the command that each is needed for: faults injected into system calls, counterparts from npm, a native linker, a TPM in software, a browser and Chinese type for its pages.
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
missing=""
need strace strace
need node nodejs
need npm npm
need gcc gcc
need openssl openssl
need swtpm swtpm
need swtpm_setup swtpm-tools
need tpm2_quote tpm2-tools
need chromium chromium
need chromium-headless-shell chromium-headless-shell
[ -e /usr/share/fonts/truetype/wqy/wqy-microhei.ttc ] || missing="$missing fonts-wqy-microhei"
[ -e /usr/include/zlib.h ] || missing="$missing zlib1g-dev"
$all && need afl-fuzz afl++
if [ -n "$missing" ]; then
  say "Installing$missing"
  sudo=""; [ "$(id -u)" = 0 ] || sudo="sudo"
  # shellcheck disable=SC2086
  { $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } >/dev/null \
    || stop "could not install$missing"
fi

if [ -f tests/interop/package-lock.json ]; then
  say "Counterparts from npm"
  (cd tests/interop && npm ci --no-audit --no-fund --loglevel=error) || stop "npm ci failed in tests/interop"
fi

# A compiler lives for minutes: to watch itself for what to optimise, and to collect every few megabytes, costs a build from nothing a third of its time.
say "Build"
DOTNET_TieredPGO=0 DOTNET_GCgen0size=0x10000000 dotnet build PrivChain.sln -c Release -v q || stop "the build failed"

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
filter="TestCategory!=Slow"
limit=30m
$all && { filter="TestCategory!=Never"; limit=90m; export PRIVCHAIN_SCREENS="${PRIVCHAIN_SCREENS:-$PWD/TestResults/screens}"; }

for project in tests/*/*.Tests.csproj; do
  name=$(basename "$project" .csproj)
  say "$name"
  # Each project is a program of its own; one at a time, since some start servers and measure limits.
  timeout "$limit" "tests/$name/bin/Release/net10.0/$name" --filter "$filter" --progress off --ansi off 2>&1 | tee "$results/$name.log"
  code=${PIPESTATUS[0]}
  count() { sed -n "s/^ *$1: \([0-9]*\)\$/\1/p" "$results/$name.log" | tail -n 1; }
  total=$(count total)
  [ -n "$total" ] || { echo "$name ended with $code and without a summary" >&2; failed=$((failed + 1)); continue; }
  passed=$((passed + $(count succeeded))) failed=$((failed + $(count failed))) skipped=$((skipped + $(count skipped)))
  [ "$code" = 0 ] || [ "$(count failed)" != 0 ] || { echo "$name ended with $code" >&2; failed=$((failed + 1)); }
done

if $all; then
  say "Mutation testing of the ledger rules and contract forms"
  if tests/mutation.sh; then passed=$((passed + 1)); else failed=$((failed + 1)); fi

  say "Coverage-guided search in every parser"
  if tests/fuzz.sh 20; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
fi

finish
