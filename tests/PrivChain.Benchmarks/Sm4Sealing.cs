using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
using PrivChain.Core.Aead;

namespace PrivChain.Benchmarks;

/// <summary>SM4-GCM, key schedule and all, against BouncyCastle's, at the sizes that records have.</summary>
internal static class Sm4Sealing
{
    public static void Run(ResultTable table, int rounds)
    {
        byte[] key = RandomNumberGenerator.GetBytes(Sm4Gcm.KeySize), nonce = RandomNumberGenerator.GetBytes(Sm4Gcm.NonceSize);
        foreach (var size in (int[])[64, 1024, 16384, 262144])
        {
            var content = RandomNumberGenerator.GetBytes(size);
            var repeats = Math.Max(1, 1_048_576 / size / 4);
            var ratio = Interleaved.MeasureShort(
                rounds,
                20,
                () =>
                {
                    for (var i = 0; i < repeats; i++)
                    {
                        Sm4Gcm.Seal(key, nonce, [], content);
                    }
                },
                () =>
                {
                    for (var i = 0; i < repeats; i++)
                    {
                        var cipher = new GcmBlockCipher(new SM4Engine());
                        cipher.Init(true, new AeadParameters(new KeyParameter(key), Sm4Gcm.TagSize * 8, nonce));
                        var output = new byte[size + Sm4Gcm.TagSize];
                        cipher.DoFinal(output.AsSpan(cipher.ProcessBytes(content, output)));
                    }
                });
            table.Add($"SM4-GCM, {size} bytes", "BouncyCastle GcmBlockCipher(SM4Engine)", "≥ 3", ratio, $"one core; {size * (double)repeats / ratio.OursSeconds / 1e6:0} MB/s");
        }
    }
}
