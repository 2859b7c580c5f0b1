using System.Globalization;
using PrivChain.Attestation.EventLogs;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tpm;

/// <summary>TPM_ALG_ID and TPM_ECC_CURVE (TCG Algorithm Registry, tables 3 and 4); hashes are in <see cref="EventLogHash"/>.</summary>
internal static class TpmAlgorithm
{
    public const ushort Rsa = 0x0001;
    public const ushort Aes = 0x0006;
    public const ushort Null = 0x0010;
    public const ushort RsaSsa = 0x0014;
    public const ushort RsaEs = 0x0015;
    public const ushort RsaPss = 0x0016;
    public const ushort Oaep = 0x0017;
    public const ushort EcDsa = 0x0018;
    public const ushort EcDaa = 0x001a;
    public const ushort Ecc = 0x0023;
    public const ushort Cfb = 0x0043;

    private const ushort NistP256 = 0x0003;
    private const ushort NistP384 = 0x0004;
    private const ushort NistP521 = 0x0005;

    /// <summary>In words, such as <c>rsassa</c> or <c>sha256</c>; an algorithm that is not known by its number.</summary>
    public static string NameOf(ushort id) => id switch
    {
        EventLogHash.Sha1 => "sha1",
        EventLogHash.Sha256 => "sha256",
        EventLogHash.Sha384 => "sha384",
        EventLogHash.Sha512 => "sha512",
        RsaSsa => "rsassa",
        RsaPss => "rsapss",
        EcDsa => "ecdsa",
        _ => "0x" + id.ToString("x4", CultureInfo.InvariantCulture),
    };

    /// <summary>The hash of that name, or null.</summary>
    public static ushort? HashOf(string name) =>
        new[] { EventLogHash.Sha1, EventLogHash.Sha256, EventLogHash.Sha384, EventLogHash.Sha512 }.Select(id => (ushort?)id).FirstOrDefault(id => NameOf(id!.Value) == name);

    /// <summary>Object identifier of a curve, or null.</summary>
    public static string? CurveOf(ushort id) => id switch
    {
        NistP256 => EcKey.P256,
        NistP384 => EcKey.P384,
        NistP521 => EcKey.P521,
        _ => null,
    };
}
