using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using PrivChain.Core.Bytes;
using PrivChain.Signatures;

namespace PrivChain.Core.Keys;

/// <summary>Checks account signatures. Everything here is public data, so nothing needs constant time.</summary>
public static class Secp256k1
{
    /// <summary>Length of an uncompressed public key: 04, x, y.</summary>
    public const int PublicKeySize = EcdsaCurve.PointSize;

    // Its tables take a moment to build, which a browser, where nothing uses them, is spared.
    private static readonly KeyRecovery? _inVectors = SignatureEngine.Detected == InstructionSet.Scalar ? null : InVectors(new BatchRecovery(lowSOnly: true));

    private static KeyRecovery? _outside;

    /// <summary>How many signatures one core checks at once: 1 where nothing is gained by more.</summary>
    internal static int SideBySide => (_outside ?? _inVectors) is null ? 1 : 128;

    /// <summary>From now on finds keys by this, in a process whose .NET has no vectors and is slow without: a browser's page.</summary>
    public static void RecoverBy(KeyRecovery recovery)
    {
        ArgumentNullException.ThrowIfNull(recovery);
        _outside = recovery;
    }

    /// <summary>The account that signed the digest. The digest must be of a labelled form (EIP-712, EIP-191), never a hash given by a stranger.</summary>
    /// <returns>False where no key could have made this signature, and for the default value.</returns>
    public static bool TryRecover(Digest digest, Secp256k1Signature signature, out AccountAddress address)
    {
        var found = _outside is null ? RecoverExactly(digest, signature) : Recover([digest], [signature], _outside)[0];
        address = found.GetValueOrDefault();
        return found is not null;
    }

    /// <summary>True when this account signed the digest.</summary>
    public static bool Verify(AccountAddress signer, Digest digest, Secp256k1Signature signature) =>
        TryRecover(digest, signature, out var recovered) && recovered == signer;

    /// <summary>True when this public key (33 or 65 bytes) signed the digest. The parity in v has to hold too, so a changed v is another signature and refused.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, Digest digest, Secp256k1Signature signature)
    {
        Span<byte> parts = stackalloc byte[96];
        return EcdsaCurve.Secp256k1.TryDecodePoint(publicKey, out var point)
            && Split(digest, signature, parts)
            && EcdsaCurve.Secp256k1.Verify(point, parts[..32], parts[32..64], parts[64..], IsOdd(signature));
    }

    /// <summary>Reads a compressed (33 bytes) or uncompressed (65 bytes) point on the curve into its uncompressed form.</summary>
    public static bool TryParsePublicKey(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out byte[]? uncompressed)
    {
        uncompressed = EcdsaCurve.Secp256k1.TryDecodePoint(bytes, out var point) ? point.GetEncoded(compressed: false) : null;
        return uncompressed is not null;
    }

    /// <summary>The address of a public key (33 or 65 bytes); false where it is not a point on the curve.</summary>
    public static bool TryGetAddress(ReadOnlySpan<byte> publicKey, out AccountAddress address)
    {
        address = default;
        if (!TryParsePublicKey(publicKey, out var point))
        {
            return false;
        }

        address = Address(point.AsSpan(1));
        return true;
    }

    /// <summary>The last 20 bytes of Keccak-256 over x and y.</summary>
    internal static AccountAddress Address(ReadOnlySpan<byte> coordinates) => new(Keccak256.Hash(coordinates).AsSpan(12));

    /// <summary>
    /// As <see cref="TryRecover(Digest, Secp256k1Signature, out AccountAddress)"/> for many: the account of each, or null. Several times faster where the processor has vectors or something else was
    /// named (<see cref="RecoverBy"/>); without either (in an enclave compiled for an older baseline) one after the other.
    /// </summary>
    /// <exception cref="ArgumentException">The spans are of unlike lengths.</exception>
    public static void RecoverAll(ReadOnlySpan<Digest> digests, ReadOnlySpan<Secp256k1Signature> signatures, Span<AccountAddress?> addresses)
    {
        if (digests.Length != signatures.Length || digests.Length != addresses.Length)
        {
            throw new ArgumentException($"{digests.Length} digests, {signatures.Length} signatures and {addresses.Length} places");
        }

        if ((_outside ?? _inVectors) is { } recovery)
        {
            Recover(digests, signatures, recovery).CopyTo(addresses);
            return;
        }

        for (var i = 0; i < digests.Length; i++)
        {
            addresses[i] = RecoverExactly(digests[i], signatures[i]);
        }
    }

    /// <summary>As <see cref="RecoverAll"/>, by this.</summary>
    internal static AccountAddress?[] Recover(ReadOnlySpan<Digest> digests, ReadOnlySpan<Secp256k1Signature> signatures, KeyRecovery recovery)
    {
        var count = digests.Length;
        Span<byte> hashes = new byte[count * BatchVerifier.DigestSize];
        Span<byte> parts = new byte[count * BatchVerifier.SignatureSize];
        Span<byte> keys = new byte[count * BatchVerifier.KeySize];
        Span<byte> odd = new byte[count];
        Span<byte> found = new byte[count];
        for (var i = 0; i < count; i++)
        {
            // The default signature has r = s = 0, which no key makes.
            digests[i].CopyTo(hashes[(i * BatchVerifier.DigestSize)..]);
            signatures[i].R.CopyTo(parts[(i * BatchVerifier.SignatureSize)..]);
            signatures[i].S.CopyTo(parts[((i * BatchVerifier.SignatureSize) + EcdsaCurve.ScalarSize)..]);
            odd[i] = IsOdd(signatures[i]) ? (byte)1 : (byte)0;
        }

        recovery(hashes, parts, odd, keys, found);
        var addresses = new AccountAddress?[count];
        for (var i = 0; i < count; i++)
        {
            addresses[i] = (RecoveredKey)found[i] switch
            {
                RecoveredKey.None => null,
                RecoveredKey.Found => Address(keys.Slice(i * BatchVerifier.KeySize, BatchVerifier.KeySize)),
                _ => RecoverExactly(digests[i], signatures[i]),
            };
        }

        return addresses;
    }

    private static AccountAddress? RecoverExactly(Digest digest, Secp256k1Signature signature)
    {
        Span<byte> parts = stackalloc byte[96];
        Span<byte> coordinates = stackalloc byte[64];
        return Split(digest, signature, parts) && EcdsaCurve.Secp256k1.TryRecover(parts[..32], parts[32..64], parts[64..], IsOdd(signature), coordinates) ? Address(coordinates) : null;
    }

    // A bool is a byte of 0 or 1, as parities are here, and as RecoveredKey says that there is no key, or that it was found.
    private static KeyRecovery InVectors(BatchRecovery recovery) => (digests, signatures, odd, keys, found) =>
        recovery.Recover(digests, signatures, MemoryMarshal.Cast<byte, bool>(odd), keys, MemoryMarshal.Cast<byte, bool>(found));

    private static bool IsOdd(Secp256k1Signature signature) => signature.V == Secp256k1Signature.OddV;

    // False for the default value, whose r and s are zero.
    private static bool Split(Digest digest, Secp256k1Signature signature, Span<byte> parts)
    {
        digest.CopyTo(parts);
        signature.R.CopyTo(parts[32..]);
        signature.S.CopyTo(parts[64..]);
        return signature.V != 0;
    }
}
