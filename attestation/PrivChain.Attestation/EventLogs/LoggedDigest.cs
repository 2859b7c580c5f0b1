namespace PrivChain.Attestation.EventLogs;

/// <summary>What one event extended into one bank.</summary>
/// <param name="Algorithm">TPM_ALG_ID, see <see cref="EventLogHash"/>.</param>
/// <param name="Value">The digest.</param>
internal sealed record LoggedDigest(ushort Algorithm, ReadOnlyMemory<byte> Value);
