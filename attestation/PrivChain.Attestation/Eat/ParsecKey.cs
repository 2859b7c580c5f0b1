using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Cose;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Eat;

/// <summary>Parsec's key attestation token (draft-bft-rats-kat): a claims-set with tag 601, the asker's nonce and the application's key. Nobody signs it; the realm's challenge is its SHA-512, tag included.</summary>
/// <param name="Encoded">The bytes that are hashed.</param>
/// <param name="Nonce">The asker's nonce.</param>
/// <param name="Key">The application's key.</param>
internal sealed record ParsecKey(ReadOnlyMemory<byte> Encoded, ReadOnlyMemory<byte> Nonce, PublicKey Key)
{
    private const int MinNonce = 8;
    private const int MaxNonce = 64;
    private const long CoseKeyMember = 1;

    /// <summary>Reads the token, in place or inside a byte string, or null.</summary>
    public static ParsecKey? Read(CborValue? value)
    {
        var encoded = value is { Kind: CborKind.Bytes } ? value.Bytes : value?.Encoded ?? default;
        return CborValue.TryParse(encoded, out var tagged) && tagged.Untag(EatToken.UnprotectedTag) is { Kind: CborKind.Map } claims
            && claims.Get(EatClaim.Nonce) is { Kind: CborKind.Bytes, Bytes.Length: >= MinNonce and <= MaxNonce } nonce
            && claims.Get(EatClaim.Confirmation) is { Kind: CborKind.Map } confirmation && confirmation.Get(CoseKeyMember) is { } map && CoseKey.Read(map) is { } key
                ? new ParsecKey(encoded, nonce.Bytes, key)
                : null;
    }
}
