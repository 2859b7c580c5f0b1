namespace PrivChain.Attestation.Sources.Tsm;

/// <summary>What one request gave.</summary>
/// <param name="OutBlob">The evidence.</param>
/// <param name="AuxBlob">What the host adds (SEV-SNP: certificate table); empty when it adds nothing.</param>
internal sealed record TsmReport(ReadOnlyMemory<byte> OutBlob, ReadOnlyMemory<byte> AuxBlob);
