using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Signatures;

namespace PrivChain.Core.Keys;

/// <summary>
/// A private key that signs digests, with the nonces of RFC 6979. Where the processor has vectors <see cref="BatchSigner"/> signs, in constant time; without them (in a browser) BouncyCastle does, whose
/// integers promise nothing about time. The bytes are the same. Wiped on dispose; for all threads.
/// </summary>
internal sealed class SigningKey : IDisposable
{
    public const int SignatureSize = 2 * EcdsaCurve.ScalarSize;

    private readonly EcdsaCurve _curve;
    private readonly bool _lowS;
    private readonly byte[] _privateKey = GC.AllocateArray<byte>(EcdsaCurve.ScalarSize, pinned: true);
    private readonly byte[] _publicKey;
    private readonly BatchSigner? _signer;

    // A key that is wiped while it signs without vectors would give a nonce of zeros, and so itself.
    private readonly Lock _using = new();
    private bool _disposed;

    /// <param name="curve">The curve; that of SM2 signs by SM2.</param>
    /// <param name="privateKey">In the range of its scheme. Copied; the caller wipes its own.</param>
    /// <param name="lowS">Gives the lower of both forms of an ECDSA signature (EIP-2).</param>
    /// <param name="portable">Signs without vectors, for tests; null where the processor has none.</param>
    public SigningKey(EcdsaCurve curve, ReadOnlySpan<byte> privateKey, bool lowS = false, bool? portable = null)
    {
        _curve = curve;
        _lowS = lowS;
        privateKey.CopyTo(_privateKey);
        if (portable ?? SignatureEngine.Detected == InstructionSet.Scalar)
        {
            _publicKey = curve.PublicKey(privateKey);
            return;
        }

        _signer = new BatchSigner(curve.Scheme, privateKey, lowS: lowS);
        _publicKey = [4, .. _signer.PublicKeyBytes.Span];
    }

    /// <summary>The uncompressed public key, 65 bytes; stays readable after dispose.</summary>
    public ReadOnlyMemory<byte> PublicKey => _publicKey;

    /// <summary>Signs each digest: r and s one after the other, and where it is asked for, whether the nonce point's y is odd, after any change to the low s.</summary>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public void Sign(ReadOnlySpan<Digest> digests, Span<byte> signatures, Span<bool> odd = default)
    {
        if (_signer is not null)
        {
            Span<byte> bytes = digests.Length == 1 ? stackalloc byte[Digest.Size] : new byte[digests.Length * Digest.Size];
            for (var i = 0; i < digests.Length; i++)
            {
                digests[i].CopyTo(bytes[(i * Digest.Size)..]);
            }

            _signer.Sign(bytes, signatures, odd);
            return;
        }

        lock (_using)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            for (var i = 0; i < digests.Length; i++)
            {
                var signature = signatures.Slice(i * SignatureSize, SignatureSize);
                if (_curve.Scheme == SignatureScheme.Sm2)
                {
                    Sm2.SignDigest(_privateKey, digests[i]).CopyTo(signature);
                    continue;
                }

                _curve.Sign(_privateKey, digests[i].ToArray(), _lowS, signature[..EcdsaCurve.ScalarSize], signature[EcdsaCurve.ScalarSize..], out var recovery);
                if (!odd.IsEmpty)
                {
                    odd[i] = recovery != 0;
                }
            }
        }

        // The finalizer must not wipe what is being signed with.
        GC.KeepAlive(this);
    }

    /// <summary>Signs one digest: r and s.</summary>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public byte[] Sign(Digest digest)
    {
        var signature = new byte[SignatureSize];
        Sign([digest], signature);
        return signature;
    }

    /// <summary>Hands the private key out; the caller wipes it.</summary>
    /// <exception cref="ArgumentException">The destination does not have 32 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public void Export(Span<byte> destination)
    {
        if (destination.Length != EcdsaCurve.ScalarSize)
        {
            throw new ArgumentException($"wanted {EcdsaCurve.ScalarSize} bytes, given {destination.Length}", nameof(destination));
        }

        lock (_using)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _privateKey.CopyTo(destination);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Wipes the private key.</summary>
    public void Dispose()
    {
        lock (_using)
        {
            _disposed = true;
            _signer?.Dispose();
            CryptographicOperations.ZeroMemory(_privateKey);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Wipes the private key that nobody disposed of; the signer does so for its own copy.</summary>
    ~SigningKey() => CryptographicOperations.ZeroMemory(_privateKey);
}
