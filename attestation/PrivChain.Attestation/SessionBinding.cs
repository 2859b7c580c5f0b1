using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PrivChain.Attestation;

/// <summary>
/// What an enclave binds into its evidence, computed the same way for every format: a hash over a label and, each after its 4-byte big-endian length, ledger id, role, encryption key, account and nonce. A place of 64
/// bytes takes SHA-512 (report data of SGX, TDX, SEV-SNP, CCA challenges), of 48 SHA-384, of 32 SHA-256 (TPM qualifying data, SPDM nonces, PSA challenges).
/// </summary>
public sealed class SessionBinding
{
    /// <summary>Role of a key broker.</summary>
    public const string Broker = "broker";

    /// <summary>Role of a worker.</summary>
    public const string Worker = "worker";

    /// <summary>Largest nonce in bytes.</summary>
    public const int MaxNonce = 64;

    private readonly byte[] _preimage;

    /// <param name="ledgerId">32 bytes.</param>
    /// <param name="role"><see cref="Broker"/> or <see cref="Worker"/>.</param>
    /// <param name="encryptionKey">HPKE public key with its 2-byte KEM id.</param>
    /// <param name="account">20 bytes.</param>
    /// <param name="nonce">The caller's, or empty for evidence that is recorded.</param>
    /// <exception cref="ArgumentException">A part has another length.</exception>
    public SessionBinding(ReadOnlySpan<byte> ledgerId, string role, ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> account, ReadOnlySpan<byte> nonce)
    {
        if (ledgerId.Length != 32 || account.Length != 20 || nonce.Length > MaxNonce || role is not (Broker or Worker))
        {
            throw new ArgumentException("wanted a 32-byte ledger id, a known role, a 20-byte account and a nonce of at most 64 bytes");
        }

        HasNonce = nonce.Length > 0;
        _preimage = [.. Label, .. Part(ledgerId), .. Part(Encoding.ASCII.GetBytes(role)), .. Part(encryptionKey), .. Part(account), .. Part(nonce)];
    }

    /// <summary>True when the asker's nonce is bound.</summary>
    public bool HasNonce { get; }

    private static ReadOnlySpan<byte> Label => "privchain/report-data/v1\0"u8;

    /// <summary>The value for a place of that many bytes, or null for a size that no format has.</summary>
    public byte[]? Value(int size) => size switch
    {
        SHA512.HashSizeInBytes => SHA512.HashData(_preimage),
        SHA384.HashSizeInBytes => SHA384.HashData(_preimage),
        SHA256.HashSizeInBytes => SHA256.HashData(_preimage),
        _ => null,
    };

    /// <summary>The value for report data of 64 bytes. Parameters and exception as in the constructor.</summary>
    public static byte[] ReportData(ReadOnlySpan<byte> ledgerId, string role, ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> account, ReadOnlySpan<byte> nonce) =>
        new SessionBinding(ledgerId, role, encryptionKey, account, nonce).Value(SHA512.HashSizeInBytes)!;

    private static byte[] Part(ReadOnlySpan<byte> part)
    {
        var bytes = new byte[4 + part.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, part.Length);
        part.CopyTo(bytes.AsSpan(4));
        return bytes;
    }
}
