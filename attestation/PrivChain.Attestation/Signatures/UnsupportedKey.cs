namespace PrivChain.Attestation.Signatures;

/// <summary>A key of an algorithm that this library does not verify. It can be shown and compared, and no signature of it is ever right.</summary>
internal sealed class UnsupportedKey(ReadOnlyMemory<byte> subjectPublicKeyInfo, string oid) : PublicKey(subjectPublicKeyInfo)
{
    public override string Name => oid;

    protected override bool IsSignature(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => false;
}
