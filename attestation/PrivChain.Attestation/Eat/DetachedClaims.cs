namespace PrivChain.Attestation.Eat;

/// <summary>A claims-set that came beside a token (RFC 9711 section 5).</summary>
/// <param name="Bytes">As received: the digest in the token is over them.</param>
/// <param name="Claims">What they say, as a token without signature.</param>
internal sealed record DetachedClaims(ReadOnlyMemory<byte> Bytes, EatToken Claims);
