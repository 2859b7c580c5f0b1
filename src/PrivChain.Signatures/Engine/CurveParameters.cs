using System.Numerics;

namespace PrivChain.Signatures.Engine;

/// <summary>The published parameters of a curve (SEC 2 for secp256k1 and P-256, GB/T 32918.5 for SM2).</summary>
internal sealed class CurveParameters
{
    public static readonly CurveParameters P256 = new(
        "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
        "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

    public static readonly CurveParameters Secp256k1 = new(
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
        "0000000000000000000000000000000000000000000000000000000000000007",
        "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
        "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    public static readonly CurveParameters Sm2 = new(
        "fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff",
        "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93",
        "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7",
        "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0",
        "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123");

    private CurveParameters(string p, string b, string x, string y, string n)
    {
        P = U256.Read(Convert.FromHexString(p));
        B = U256.Read(Convert.FromHexString(b));
        X = U256.Read(Convert.FromHexString(x));
        Y = U256.Read(Convert.FromHexString(y));
        N = U256.Read(Convert.FromHexString(n));
        HalfN = Half(N);
    }

    /// <summary>The field's prime.</summary>
    public U256 P { get; }

    /// <summary>The constant term of the curve's equation.</summary>
    public U256 B { get; }

    /// <summary>The generator's coordinates.</summary>
    public U256 X { get; }

    public U256 Y { get; }

    /// <summary>The group's order, a prime; every curve here has cofactor 1.</summary>
    public U256 N { get; }

    /// <summary>The largest low s: n/2 rounded down.</summary>
    public U256 HalfN { get; }

    /// <summary>For constants that are computed at start.</summary>
    public static BigInteger Number(in U256 value) =>
        value.W0 + ((BigInteger)value.W1 << 64) + ((BigInteger)value.W2 << 128) + ((BigInteger)value.W3 << 192);

    public static U256 Number(BigInteger value)
    {
        var mask = (BigInteger.One << 64) - 1;
        return new U256((ulong)(value & mask), (ulong)((value >> 64) & mask), (ulong)((value >> 128) & mask), (ulong)(value >> 192));
    }

    private static U256 Half(in U256 n) => new((n.W0 >> 1) | (n.W1 << 63), (n.W1 >> 1) | (n.W2 << 63), (n.W2 >> 1) | (n.W3 << 63), n.W3 >> 1);
}
