using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;

namespace PrivChain.Core.Keys;

/// <summary>Argon2id version 1.3 (RFC 9106), BouncyCastle's: the platform has none.</summary>
internal static class Argon2id
{
    public static void Derive(ReadOnlyMemory<byte> passphrase, ReadOnlySpan<byte> salt, Argon2idParameters cost, Span<byte> key)
    {
        var parameters = new Argon2Parameters.Builder(Argon2Parameters.Argon2id)
            .WithVersion(Argon2Parameters.Version13)
            .WithSalt(salt.ToArray())
            .WithMemoryAsKB(cost.MemoryKiB)
            .WithIterations(cost.Iterations)
            .WithParallelism(cost.Parallelism)
            .Build();
        var generator = new Argon2BytesGenerator();
        generator.Init(parameters);
        var derived = new byte[key.Length];
        var copy = passphrase.ToArray();
        generator.GenerateBytes(copy, derived);
        derived.CopyTo(key);
        CryptographicOperations.ZeroMemory(copy);
        CryptographicOperations.ZeroMemory(derived);
    }
}
