using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace PrivChain.Core.Hpke;

/// <summary>The key schedule of RFC 9180 section 5.1 and the secrets that come out of it. One owner, wiped on disposal.</summary>
internal sealed class HpkeContext : IDisposable
{
    /// <summary>
    /// Messages per context. The RFC would allow 2^96; we stop at 2^32, where AES-GCM's margins are still wide. A longer session sets up anew.
    /// </summary>
    public const ulong MessageLimit = 1UL << 32;

    public const byte ModeBase = 0x00;
    public const byte ModePsk = 0x01;

    /// <summary>Section 9.5: a shorter pre-shared key is refused.</summary>
    public const int MinPskSize = 32;

    private readonly byte[] _suiteId;
    private readonly byte[] _secrets;
    private readonly HpkeAead _aead;
    private bool _disposed;

    private HpkeContext(byte[] suiteId, HpkeAead aead, byte[] secrets)
    {
        _suiteId = suiteId;
        _aead = aead;
        _secrets = secrets;
    }

    // key || base_nonce || exporter_secret; the first two are empty in an export-only context.
    internal ReadOnlySpan<byte> Key => _secrets.AsSpan(0, HpkeAeads.KeySize(_aead));

    internal ReadOnlySpan<byte> BaseNonce => _secrets.AsSpan(HpkeAeads.KeySize(_aead), NonceSize(_aead));

    internal ReadOnlySpan<byte> ExporterSecret => _secrets.AsSpan(_secrets.Length - HpkeKdf.HashSize);

    /// <summary>KeySchedule in mode base, or psk when a pre-shared key is given.</summary>
    /// <exception cref="ArgumentException">A pre-shared key without id, an id without key, or one that is too short.</exception>
    public static HpkeContext Schedule(
        ushort kem,
        HpkeAead aead,
        ReadOnlySpan<byte> sharedSecret,
        ReadOnlySpan<byte> info,
        ReadOnlySpan<byte> psk = default,
        ReadOnlySpan<byte> pskId = default)
    {
        // VerifyPSKInputs of section 5.1.
        if (psk.IsEmpty != pskId.IsEmpty || (!psk.IsEmpty && psk.Length < MinPskSize))
        {
            throw new ArgumentException($"a pre-shared key has an id and at least {MinPskSize} bytes", nameof(psk));
        }

        var kdf = kem == (ushort)HpkeKem.Sm2 ? HpkeKdf.Sm3Id : HpkeKdf.Sha256Id;
        var suiteId = new byte[10];
        "HPKE"u8.CopyTo(suiteId);
        BinaryPrimitives.WriteUInt16BigEndian(suiteId.AsSpan(4), kem);
        BinaryPrimitives.WriteUInt16BigEndian(suiteId.AsSpan(6), kdf);
        BinaryPrimitives.WriteUInt16BigEndian(suiteId.AsSpan(8), (ushort)aead);

        Span<byte> context = stackalloc byte[1 + (2 * HpkeKdf.HashSize)];
        context[0] = psk.IsEmpty ? ModeBase : ModePsk;
        HpkeKdf.LabeledExtract(suiteId, default, "psk_id_hash"u8, pskId, context.Slice(1, HpkeKdf.HashSize), kdf);
        HpkeKdf.LabeledExtract(suiteId, default, "info_hash"u8, info, context[(1 + HpkeKdf.HashSize)..], kdf);

        Span<byte> secret = stackalloc byte[HpkeKdf.HashSize];
        HpkeKdf.LabeledExtract(suiteId, sharedSecret, "secret"u8, psk, secret, kdf);

        var keySize = HpkeAeads.KeySize(aead);
        var nonceSize = NonceSize(aead);
        var secrets = new byte[keySize + nonceSize + HpkeKdf.HashSize];
        if (aead != HpkeAead.ExportOnly)
        {
            HpkeKdf.LabeledExpand(suiteId, secret, "key"u8, context, secrets.AsSpan(0, keySize), kdf);
            HpkeKdf.LabeledExpand(suiteId, secret, "base_nonce"u8, context, secrets.AsSpan(keySize, nonceSize), kdf);
        }

        HpkeKdf.LabeledExpand(suiteId, secret, "exp"u8, context, secrets.AsSpan(keySize + nonceSize), kdf);
        CryptographicOperations.ZeroMemory(secret);
        return new HpkeContext(suiteId, aead, secrets);
    }

    /// <summary>Seals under the nonce of this sequence number; the caller's counter is what keeps a number from being used twice.</summary>
    public byte[] SealAt(ulong sequence, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Span<byte> nonce = stackalloc byte[HpkeAeads.NonceSize];
        WriteNonce(sequence, nonce);
        return HpkeAeads.Seal(_aead, Key, nonce, associatedData, plaintext);
    }

    /// <summary>Opens what was sealed under this sequence number.</summary>
    public bool TryOpenAt(ulong sequence, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> sealedBytes, [NotNullWhen(true)] out byte[]? plaintext)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        plaintext = null;
        if (sequence >= MessageLimit)
        {
            return false;
        }

        Span<byte> nonce = stackalloc byte[HpkeAeads.NonceSize];
        WriteNonce(sequence, nonce);
        return HpkeAeads.TryOpen(_aead, Key, nonce, associatedData, sealedBytes, out plaintext);
    }

    /// <summary>Export of section 5.3.</summary>
    public void Export(ReadOnlySpan<byte> exporterContext, Span<byte> secret)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (secret.Length > HpkeKdf.MaxOutput)
        {
            throw new ArgumentException($"at most {HpkeKdf.MaxOutput} bytes can be exported, wanted {secret.Length}", nameof(secret));
        }

        HpkeKdf.LabeledExpand(_suiteId, ExporterSecret, "sec"u8, exporterContext, secret, BinaryPrimitives.ReadUInt16BigEndian(_suiteId.AsSpan(6)));
    }

    /// <summary>ComputeNonce of section 5.2: the base nonce with the big-endian number XORed into its end.</summary>
    internal void WriteNonce(ulong sequence, Span<byte> nonce)
    {
        if (_aead == HpkeAead.ExportOnly)
        {
            throw new InvalidOperationException("an export-only context neither seals nor opens");
        }

        BaseNonce.CopyTo(nonce);
        var end = nonce[^sizeof(ulong)..];
        BinaryPrimitives.WriteUInt64BigEndian(end, BinaryPrimitives.ReadUInt64BigEndian(end) ^ sequence);
    }

    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_secrets);
    }

    private static int NonceSize(HpkeAead aead) => aead == HpkeAead.ExportOnly ? 0 : HpkeAeads.NonceSize;
}
