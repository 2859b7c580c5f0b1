using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Cose;

namespace PrivChain.Attestation.Eat;

/// <summary>
/// An Arm CCA attestation token (RMM specification, "Attestation token format"; draft-ffm-rats-cca-token): a collection of platform token and realm token, with tag 399, or with tag 907 as a collection of conceptual
/// messages. A Parsec key attestation (<c>kat</c> and <c>pat</c>) adds an application key, whose claims-set the realm's challenge is the hash of.
/// </summary>
internal sealed class CcaToken
{
    private const ulong LegacyTag = 399;
    private const ulong CollectionTag = 907;
    private const long PlatformKey = 44234;
    private const long RealmKey = 44241;

    /// <summary>CoAP content format of a CWT-based EAT: what both entries of a collection are.</summary>
    private const int EatContentFormat = 263;

    public required CoseSign1 PlatformMessage { get; init; }

    public required CcaPlatformClaims Platform { get; init; }

    public required CoseSign1 RealmMessage { get; init; }

    public required CcaRealmClaims Realm { get; init; }

    /// <summary>The tag of the collection.</summary>
    public required ulong Tag { get; init; }

    /// <summary>Parsec's key attestation, or null.</summary>
    public ParsecKey? ApplicationKey { get; init; }

    /// <summary>True when bytes begin like one of the forms.</summary>
    public static bool LooksLikeOne(CborValue value) =>
        value.Untag(LegacyTag) is not null || value.Untag(CollectionTag) is not null || (value.Kind == CborKind.Map && value.Get("kat") is not null && value.Get("pat") is not null);

    /// <summary>Reads a token of any of the forms, or null.</summary>
    public static CcaToken? Read(CborValue value)
    {
        if (value.Kind != CborKind.Map)
        {
            return ReadCollection(value, null);
        }

        return value.Entries.Count == 2 && ParsecKey.Read(value.Get("kat")) is { } key && Content(value.Get("pat")) is { } token ? ReadCollection(token, key) : null;
    }

    private static CborValue? Content(CborValue? pat) => pat is null ? null : pat.Kind == CborKind.Bytes ? (CborValue.TryParse(pat.Bytes, out var inner) ? inner : null) : pat;

    private static CcaToken? ReadCollection(CborValue value, ParsecKey? key)
    {
        var isLegacy = value.Untag(LegacyTag) is not null;
        var map = value.Untag(LegacyTag) ?? value.Untag(CollectionTag);
        if (map is not { Kind: CborKind.Map, Entries.Count: 2 }
            || ReadMessage(map.Get(PlatformKey), isLegacy) is not { } platformMessage || ReadMessage(map.Get(RealmKey), isLegacy) is not { } realmMessage
            || !CborValue.TryParse(platformMessage.Payload, out var platformClaims) || CcaPlatformClaims.Read(platformClaims) is not { } platform
            || !CborValue.TryParse(realmMessage.Payload, out var realmClaims) || CcaRealmClaims.Read(realmClaims) is not { } realm)
        {
            return null;
        }

        return new CcaToken { PlatformMessage = platformMessage, Platform = platform, RealmMessage = realmMessage, Realm = realm, Tag = (ulong)value.Number, ApplicationKey = key };
    }

    private static CoseSign1? ReadMessage(CborValue? entry, bool isLegacy)
    {
        var bytes = isLegacy ? entry
            : entry is { Kind: CborKind.Array, Items: [{ Kind: CborKind.Integer } format, var content] } && format.Number == EatContentFormat ? content
            : null;
        return bytes is { Kind: CborKind.Bytes } && CoseSign1.TryParse(bytes.Bytes, out var message) && message.IsTagged ? message : null;
    }
}
