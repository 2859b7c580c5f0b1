namespace PrivChain.Attestation.Certificates;

/// <summary>One extension of a certificate or revocation list.</summary>
/// <param name="Oid">Object identifier, dotted.</param>
/// <param name="Critical">Whether who does not understand it must refuse.</param>
/// <param name="Value">The bytes inside the OCTET STRING.</param>
internal sealed record CertificateExtension(string Oid, bool Critical, ReadOnlyMemory<byte> Value);
