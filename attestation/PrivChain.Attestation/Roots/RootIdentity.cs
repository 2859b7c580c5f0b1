namespace PrivChain.Attestation.Roots;

/// <summary>The root that vouches for evidence.</summary>
/// <param name="Kind">Family, one of <see cref="RootKind"/>.</param>
/// <param name="Fingerprint">SHA-256 of its SubjectPublicKeyInfo (simulated: of the compressed key), 32 bytes.</param>
/// <param name="Name">Its name, for people.</param>
public sealed record RootIdentity(string Kind, ReadOnlyMemory<byte> Fingerprint, string Name)
{
    /// <summary>
    /// Who would have to fail: two roots of one vendor fall together (two AMD root keys are one vendor, two regions of Azure Attestation one operator), and so are one. Where a family has many owners (DICE, TPM, entity tokens, test roots) each key is an owner.
    /// </summary>
    public string Owner => Kind is RootKind.Intel or RootKind.Amd or RootKind.Nitro or RootKind.Nvidia or RootKind.Maa ? Kind : RootSet.Name(Kind, Fingerprint.Span);
}
