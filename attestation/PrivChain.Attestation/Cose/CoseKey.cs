using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Cose;

/// <summary>COSE_Key (RFC 9052 section 7, RFC 9053 section 7): public keys of EC2, OKP (Ed25519) and RSA.</summary>
internal static class CoseKey
{
    private const long KeyType = 1;
    private const long Algorithm = 3;
    private const long KeyOperations = 4;
    private const int Verify = 2;
    private const long Curve = -1;
    private const long X = -2;
    private const long Y = -3;
    private const long PrivatePart = -4;

    /// <summary>The key, or null: another type, not on its curve, a private part, or a key that says it is for something else.</summary>
    public static PublicKey? Read(CborValue map)
    {
        if (map.Kind != CborKind.Map || map.Get(KeyType) is not { Kind: CborKind.Integer } type)
        {
            return null;
        }

        PublicKey? key = ((int)Int128.Clamp(type.Number, 0, 99)) switch
        {
            1 when map.Get(Curve) is { Kind: CborKind.Integer } curve && curve.Number == 6 && map.Get(PrivatePart) is null && map.Get(X) is { Kind: CborKind.Bytes } x => Ed25519Key.FromRaw(x.Bytes.Span),
            2 when map.Get(PrivatePart) is null => ReadEc(map),
            3 when map.Entries.All(entry => entry.Key.Kind == CborKind.Integer && entry.Key.Number > -3) && map.Get(-1) is { Kind: CborKind.Bytes } n && map.Get(-2) is { Kind: CborKind.Bytes } e =>
                RsaKey.FromNumbers(n.Bytes.Span, e.Bytes.Span),
            _ => null,
        };
        if (key is null || (map.Get(KeyOperations) is { } operations && !operations.Items.Any(operation => operation.Kind == CborKind.Integer && operation.Number == Verify)))
        {
            return null;
        }

        return map.Get(Algorithm) is not { } algorithm || (algorithm.Kind == CborKind.Integer && KeyFit.Fits(CoseAlgorithm.Of(algorithm.Number), key)) ? key : null;
    }

    private static EcKey? ReadEc(CborValue map)
    {
        if (map.Get(Curve) is not { Kind: CborKind.Integer } number || map.Get(X) is not { Kind: CborKind.Bytes } x)
        {
            return null;
        }

        var curve = ((int)Int128.Clamp(number.Number, 0, 99)) switch { 1 => EcKey.P256, 2 => EcKey.P384, 3 => EcKey.P521, _ => string.Empty };
        return map.Get(Y) switch
        {
            { Kind: CborKind.Bytes } y => EcKey.FromCoordinates(curve, x.Bytes.Span, y.Bytes.Span),

            // RFC 9053 section 7.1.1: the sign of y instead of y.
            { Kind: CborKind.Boolean } odd => EcKey.FromCompressed(curve, x.Bytes.Span, odd.Boolean),
            _ => null,
        };
    }
}
