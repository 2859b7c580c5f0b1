using System.Security.Cryptography;

namespace PrivChain.Attestation.EventLogs;

/// <summary>Hash algorithms of event logs by their TPM_ALG_ID (TCG Algorithm Registry, table 3).</summary>
internal static class EventLogHash
{
    public const ushort Sha1 = 0x0004;
    public const ushort Sha256 = 0x000b;
    public const ushort Sha384 = 0x000c;
    public const ushort Sha512 = 0x000d;

    /// <summary>The hash, or null for one that this library does not compute (SM3, SHA-3): its digests are read and cannot be replayed.</summary>
    public static HashAlgorithmName? NameOf(ushort id) => id switch
    {
        Sha1 => HashAlgorithmName.SHA1,
        Sha256 => HashAlgorithmName.SHA256,
        Sha384 => HashAlgorithmName.SHA384,
        Sha512 => HashAlgorithmName.SHA512,
        _ => null,
    };

    /// <summary>Bytes of a digest, or null for a hash that is not known here: then the log's own header says.</summary>
    public static int? SizeOf(ushort id) => id switch
    {
        Sha1 => SHA1.HashSizeInBytes,
        Sha256 => SHA256.HashSizeInBytes,
        Sha384 => SHA384.HashSizeInBytes,
        Sha512 => SHA512.HashSizeInBytes,
        _ => null,
    };
}
