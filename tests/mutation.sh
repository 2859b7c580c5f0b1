#!/usr/bin/env bash
# Mutation testing of the ledger rules and the contract forms: at least 85 % of the mutants must be killed.
set -eu
cd "$(dirname "$0")/PrivChain.Core.Tests"
export PRIVCHAIN_MUTATION=true # leaves the project the tests of these two alone
dotnet tool restore
dotnet stryker --config-file stryker-config.json --break-at 85
