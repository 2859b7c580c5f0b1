using System.Diagnostics.CodeAnalysis;
using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Certificates;

namespace PrivChain.Attestation.Nitro;

/// <summary>
/// The payload of a Nitro attestation document (AWS, "Verifying the root of trust", section "Attestation document contents"): every field's presence, type and size, and no other fields. AWS raised the limit of
/// user data and nonce to 1024 bytes.
/// </summary>
internal sealed class NitroDocument
{
    private const int MaxPcrs = 32;
    private const int PcrSize = 48;
    private const int MaxCertificate = 1024;
    private const int MaxOptional = 1024;
    private const int FirstDebugPcr = 0;
    private const int LastDebugPcr = 2;
    private const int SignerPcr = 8;

    private static readonly HashSet<string> _names = new(StringComparer.Ordinal) { "module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle", "public_key", "user_data", "nonce" };

    public required string ModuleId { get; init; }

    public required string DigestName { get; init; }

    /// <summary>Unix milliseconds, by the hypervisor's clock.</summary>
    public required ulong Timestamp { get; init; }

    public required IReadOnlyDictionary<int, ReadOnlyMemory<byte>> Pcrs { get; init; }

    public required Certificate Leaf { get; init; }

    /// <summary>Root first, the leaf's issuer last.</summary>
    public required IReadOnlyList<Certificate> Bundle { get; init; }

    public required ReadOnlyMemory<byte>? PublicKey { get; init; }

    public required ReadOnlyMemory<byte>? UserData { get; init; }

    public required ReadOnlyMemory<byte>? Nonce { get; init; }

    /// <summary>An enclave started in debug mode has zeros where its measurements should be.</summary>
    public bool IsDebug => Enumerable.Range(FirstDebugPcr, LastDebugPcr - FirstDebugPcr + 1).All(number => IsZero(Pcrs[number]));

    /// <summary>PCR8: digest of the certificate that signed the image, or empty for an image that nobody signed.</summary>
    public ReadOnlyMemory<byte> Signer => Pcrs.TryGetValue(SignerPcr, out var pcr) && !IsZero(pcr) ? pcr : default;

    public static bool IsZero(ReadOnlyMemory<byte> pcr) => !pcr.Span.ContainsAnyExcept((byte)0);

    /// <summary>Reads a payload. False names the field at fault.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> payload, [NotNullWhen(true)] out NitroDocument? document, out string field)
    {
        document = null;
        field = "payload";
        if (!CborValue.TryParse(payload, out var map) || map.Kind != CborKind.Map || map.Entries.Count != map.Entries.Count(entry => entry.Key.Kind == CborKind.Text && _names.Contains(entry.Key.Text)))
        {
            return false;
        }

        field = "module_id";
        if (map.Get("module_id") is not { Kind: CborKind.Text, Text.Length: > 0 } moduleId)
        {
            return false;
        }

        field = "digest";
        if (map.Get("digest") is not { Kind: CborKind.Text, Text: "SHA384" } digest)
        {
            return false;
        }

        field = "timestamp";
        if (map.Get("timestamp") is not { Kind: CborKind.Integer } timestamp || timestamp.Number <= 0 || timestamp.Number > ulong.MaxValue)
        {
            return false;
        }

        field = "pcrs";
        if (!TryReadPcrs(map.Get("pcrs"), out var pcrs))
        {
            return false;
        }

        field = "certificate";
        if (!TryReadCertificate(map.Get("certificate"), out var leaf))
        {
            return false;
        }

        field = "cabundle";
        if (!TryReadBundle(map.Get("cabundle"), out var bundle))
        {
            return false;
        }

        field = "public_key";
        if (!TryReadOptional(map.Get(field), minimum: 1, out var publicKey))
        {
            return false;
        }

        field = "user_data";
        if (!TryReadOptional(map.Get(field), minimum: 0, out var userData))
        {
            return false;
        }

        field = "nonce";
        if (!TryReadOptional(map.Get(field), minimum: 0, out var nonce))
        {
            return false;
        }

        document = new NitroDocument
        {
            ModuleId = moduleId.Text,
            DigestName = digest.Text,
            Timestamp = (ulong)timestamp.Number,
            Pcrs = pcrs,
            Leaf = leaf,
            Bundle = bundle,
            PublicKey = publicKey,
            UserData = userData,
            Nonce = nonce,
        };
        return true;
    }

    private static bool TryReadPcrs(CborValue? value, out SortedDictionary<int, ReadOnlyMemory<byte>> pcrs)
    {
        pcrs = [];
        if (value is not { Kind: CborKind.Map } map || map.Entries.Count is 0 or > MaxPcrs)
        {
            return false;
        }

        foreach (var (key, pcr) in map.Entries)
        {
            if (key.Kind != CborKind.Integer || key.Number < 0 || key.Number >= MaxPcrs || pcr is not { Kind: CborKind.Bytes, Bytes.Length: PcrSize })
            {
                return false;
            }

            pcrs.Add((int)key.Number, pcr.Bytes);
        }

        // Without all of these nobody can tell debug mode.
        return pcrs.Keys.Count(number => number is >= FirstDebugPcr and <= LastDebugPcr) == LastDebugPcr - FirstDebugPcr + 1;
    }

    private static bool TryReadCertificate(CborValue? value, [NotNullWhen(true)] out Certificate? certificate)
    {
        certificate = null;
        return value is { Kind: CborKind.Bytes, Bytes.Length: > 0 and <= MaxCertificate } && Certificate.TryParse(value.Bytes, out certificate);
    }

    private static bool TryReadBundle(CborValue? value, out List<Certificate> bundle)
    {
        bundle = [];
        if (value is not { Kind: CborKind.Array, Items.Count: > 0 })
        {
            return false;
        }

        foreach (var item in value.Items)
        {
            if (!TryReadCertificate(item, out var certificate))
            {
                return false;
            }

            bundle.Add(certificate);
        }

        return true;
    }

    private static bool TryReadOptional(CborValue? value, int minimum, out ReadOnlyMemory<byte>? bytes)
    {
        // Not "? value.Bytes : null": null there becomes an empty array, and absent is not empty.
        bytes = value is { Kind: CborKind.Bytes } ? value.Bytes : default(ReadOnlyMemory<byte>?);
        return value is null or { Kind: CborKind.Null } || (bytes is { } given && given.Length >= minimum && given.Length <= MaxOptional);
    }
}
