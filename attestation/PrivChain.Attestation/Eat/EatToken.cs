using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Cose;
using PrivChain.Attestation.Jose;

namespace PrivChain.Attestation.Eat;

/// <summary>
/// An entity attestation token (RFC 9711), parsed and not verified: the claims, and the COSE_Sign1 or JWS that signs them, or neither for a bare claims-set (RFC 9781), which is never evidence by itself.
/// </summary>
internal sealed class EatToken
{
    /// <summary>The CBOR tag of a CWT (RFC 8392 section 6).</summary>
    public const ulong CwtTag = 61;

    /// <summary>The CBOR tag of an unprotected claims-set (RFC 9781).</summary>
    public const ulong UnprotectedTag = 601;

    /// <summary>The CBOR tag of a detached bundle (RFC 9711 section 5).</summary>
    public const ulong BundleTag = 602;

    public required CborValue Claims { get; init; }

    public CoseSign1? Sign1 { get; init; }

    public JsonWebSignature? Jws { get; init; }

    /// <summary>True when the CWT tag stood in front.</summary>
    public bool HasCwtTag { get; init; }

    public required IReadOnlyList<EatSubmodule> Submodules { get; init; }

    /// <summary>Claims-sets that a bundle carries beside the token, by the name of the submodule whose digest they must have.</summary>
    public IReadOnlyDictionary<string, DetachedClaims> Detached { get; init; } = new Dictionary<string, DetachedClaims>();

    public bool IsSigned => Sign1 is not null || Jws is not null;

    /// <summary>True when the debug facilities of the entity or of any of its submodules, detached ones too, are enabled (RFC 9711 section 4.2.9, status 0).</summary>
    public bool IsDebug => Claims.Get(EatClaim.DebugStatus) is { Kind: CborKind.Integer } status && status.Number == 0 || Inner.Any(inner => inner.IsDebug);

    /// <summary>Submodules that are here: nested tokens, claims-sets, and those that came beside the token.</summary>
    public IEnumerable<EatToken> Inner => Submodules.Select(submodule => submodule.Token).OfType<EatToken>().Concat(Detached.Values.Select(set => set.Claims));

    /// <summary>Nonces of the claims-set, as bytes; JSON's text also as the bytes that it may be base64url of.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Nonces
    {
        get
        {
            var claim = Claims.Get(EatClaim.Nonce);
            return claim is null ? [] : [.. (claim.Kind == CborKind.Array ? claim.Items : [claim]).SelectMany(NonceBytes)];
        }
    }

    /// <summary>A time claim as a moment, or null when it is absent.</summary>
    public DateTimeOffset? Time(long key) => Claims.Get(key) is { } value ? DateTimeOffset.UnixEpoch.AddSeconds(value.Kind == CborKind.Float ? value.Float : (double)value.Number) : null;

    private static IEnumerable<ReadOnlyMemory<byte>> NonceBytes(CborValue nonce)
    {
        if (nonce.Kind == CborKind.Bytes)
        {
            return [nonce.Bytes];
        }

        var text = System.Text.Encoding.UTF8.GetBytes(nonce.Text);
        return Base64Text.TryDecodeUrl(nonce.Text, out var decoded) ? [text, decoded] : [text];
    }
}
