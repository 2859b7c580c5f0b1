using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PrivChain.Attestation;

/// <summary>What an enclave binds into its report data, computed the same way for every format.</summary>
public static class SessionBinding
{
    /// <summary>Role of a key broker.</summary>
    public const string Broker = "broker";

    /// <summary>Role of a worker.</summary>
    public const string Worker = "worker";

    /// <summary>Largest nonce in bytes.</summary>
    public const int MaxNonce = 64;

    private static ReadOnlySpan<byte> Label => "privchain/report-data/v1\0"u8;

    /// <summary>SHA-512 over the label, a zero byte, and each part after its 4-byte big-endian length: 64 bytes.</summary>
    /// <param name="ledgerId">32 bytes.</param>
    /// <param name="role"><see cref="Broker"/> or <see cref="Worker"/>.</param>
    /// <param name="encryptionKey">HPKE public key with its 2-byte KEM id.</param>
    /// <param name="account">20 bytes.</param>
    /// <param name="nonce">The caller's, or empty for evidence that is recorded.</param>
    /// <exception cref="ArgumentException">A part has another length.</exception>
    public static byte[] ReportData(
        ReadOnlySpan<byte> ledgerId, string role, ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> account, ReadOnlySpan<byte> nonce)
    {
        if (ledgerId.Length != 32 || account.Length != 20 || nonce.Length > MaxNonce || role is not (Broker or Worker))
        {
            throw new ArgumentException("wanted a 32-byte ledger id, a known role, a 20-byte account and a nonce of at most 64 bytes");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(Label);
        Append(hash, ledgerId);
        Append(hash, Encoding.ASCII.GetBytes(role));
        Append(hash, encryptionKey);
        Append(hash, account);
        Append(hash, nonce);
        return hash.GetHashAndReset();
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
