using Org.BouncyCastle.Math;

namespace PrivChain.Attestation.Jose;

/// <summary>
/// Keys of CVE-2017-15361 (ROCA): their primes are powers of 65537 modulo a product of small primes, so the modulus is one modulo each of them, and can be factored. Another key passes all of these by chance once in 2^27.
/// </summary>
internal static class RocaFingerprint
{
    private static readonly int[] _primes = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167];

    public static bool Matches(ReadOnlySpan<byte> modulus)
    {
        var number = new BigInteger(1, modulus);
        return _primes.All(prime => IsPowerOfGenerator(number.Mod(BigInteger.ValueOf(prime)).IntValue, prime));
    }

    private static bool IsPowerOfGenerator(int value, int prime)
    {
        var power = 1;
        do
        {
            if (power == value)
            {
                return true;
            }

            power = power * (65537 % prime) % prime;
        }
        while (power != 1);

        return false;
    }
}
