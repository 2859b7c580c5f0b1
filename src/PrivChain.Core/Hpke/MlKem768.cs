using Org.BouncyCastle.Crypto.Kems;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace PrivChain.Core.Hpke;

/// <summary>ML-KEM-768 (FIPS 203) by BouncyCastle, with the input checks of sections 7.2 and 7.3 made here.</summary>
internal static class MlKem768
{
    public const int EncapsulationKeySize = 1184;
    public const int CiphertextSize = 1088;
    public const int SecretSize = 32;

    /// <summary>d and z.</summary>
    public const int SeedSize = 64;

    /// <summary>The message m that encapsulation consumes.</summary>
    public const int RandomnessSize = 32;

    private const int Modulus = 3329;
    private const int EncodedVectorSize = 1152;

    /// <summary>KeyGen_internal. BouncyCastle keeps its own copy of the key, which cannot be wiped: the owner drops the reference instead.</summary>
    public static MLKemPrivateKeyParameters FromSeed(ReadOnlySpan<byte> seed) =>
        MLKemPrivateKeyParameters.FromSeed(MLKemParameters.ml_kem_768, seed.ToArray());

    /// <summary>Length check and modulus check of section 7.2: twelve-bit coefficients at or above q are another encoding of a key, and refused.</summary>
    public static bool IsEncapsulationKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != EncapsulationKeySize)
        {
            return false;
        }

        for (var i = 0; i < EncodedVectorSize; i += 3)
        {
            var low = key[i] | ((key[i + 1] & 0x0f) << 8);
            var high = (key[i + 1] >> 4) | (key[i + 2] << 4);
            if (low >= Modulus || high >= Modulus)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Encapsulates to a key that <see cref="IsEncapsulationKey"/> accepted, consuming exactly the given 32 random bytes.</summary>
    public static void Encapsulate(ReadOnlySpan<byte> key, byte[] randomness, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        var encapsulator = new MLKemEncapsulator(MLKemParameters.ml_kem_768);
        var recipient = MLKemPublicKeyParameters.FromEncoding(MLKemParameters.ml_kem_768, key.ToArray());
        encapsulator.Init(new ParametersWithRandom(recipient, new GivenBytes(randomness)));
        encapsulator.Encapsulate(ciphertext, sharedSecret);
    }

    /// <summary>Implicit rejection: a ciphertext of the right length always gives a secret, another one when it was changed.</summary>
    public static void Decapsulate(MLKemPrivateKeyParameters key, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
    {
        var decapsulator = new MLKemDecapsulator(MLKemParameters.ml_kem_768);
        decapsulator.Init(key);
        decapsulator.Decapsulate(ciphertext, sharedSecret);
    }

    // BouncyCastle asks for a random source. Ours hands out the bytes the caller drew from RandomNumberGenerator, once, and never more:
    // asking for another number of bytes would mean that the library changed under us.
    private sealed class GivenBytes(byte[] bytes) : SecureRandom(null)
    {
        private byte[]? _bytes = bytes;

        public override void NextBytes(byte[] buf) => NextBytes(buf.AsSpan());

        public override void NextBytes(byte[] buf, int off, int len) => NextBytes(buf.AsSpan(off, len));

        public override void NextBytes(Span<byte> buffer)
        {
            if (_bytes is null || buffer.Length != _bytes.Length)
            {
                throw new InvalidOperationException($"encapsulation asked for {buffer.Length} random bytes, wanted {RandomnessSize} once");
            }

            _bytes.CopyTo(buffer);
            _bytes = null;
        }
    }
}
