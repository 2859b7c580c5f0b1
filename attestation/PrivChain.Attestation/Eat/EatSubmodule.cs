namespace PrivChain.Attestation.Eat;

/// <summary>One submodule (RFC 9711 section 4.2.18): a claims-set that the surrounding token signs, a token with a signature of its own, or the digest of a claims-set that is elsewhere.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Token">The nested token, or the claims-set as a token without signature, or null.</param>
/// <param name="DigestAlgorithm">Hash of the digest, IANA's name such as <c>sha-256</c>, or null.</param>
/// <param name="Digest">The digest.</param>
internal sealed record EatSubmodule(string Name, EatToken? Token, string? DigestAlgorithm, ReadOnlyMemory<byte> Digest);
