using PrivChain.Core.Bytes;
using PrivChain.Core.Records;

namespace PrivChain.Enclave.Worker;

/// <summary>A sealed record whose digest was checked, with what the verified ledger says about its issuer.</summary>
/// <param name="Record">The ciphertext.</param>
/// <param name="Schema">Its schema, as the contract names it.</param>
/// <param name="Issuer">The account that anchored it.</param>
/// <param name="IssuerKeys">Keys under which that issuer is enrolled; null of what the holder states of themselves.</param>
internal sealed record SourceRecord(SealedRecord Record, RecordSchema Schema, AccountAddress Issuer, IReadOnlyList<JwsKey>? IssuerKeys);
