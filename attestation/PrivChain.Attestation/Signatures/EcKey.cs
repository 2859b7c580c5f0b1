using System.Formats.Asn1;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Prng;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace PrivChain.Attestation.Signatures;

/// <summary>ECDSA on P-256, P-384 or P-521 (FIPS 186-5). High s is accepted: the formats verified here do not ask for low s.</summary>
internal sealed class EcKey : PublicKey
{
    public const string P256 = "1.2.840.10045.3.1.7";
    public const string P384 = "1.3.132.0.34";
    public const string P521 = "1.3.132.0.35";

    /// <summary>Bytes of a coordinate of the largest curve.</summary>
    public const int LargestField = 66;

    private static readonly Dictionary<string, (string Name, X9ECParameters Curve)> _curves = new(StringComparer.Ordinal)
    {
        [P256] = ("P-256", CustomNamedCurves.GetByName("secp256r1")),
        [P384] = ("P-384", CustomNamedCurves.GetByName("secp384r1")),
        [P521] = ("P-521", CustomNamedCurves.GetByName("secp521r1")),
    };

    private readonly ECPublicKeyParameters _key;
    private readonly BigInteger _order;

    private EcKey(ReadOnlyMemory<byte> subjectPublicKeyInfo, string curve, ECPublicKeyParameters key)
        : base(subjectPublicKeyInfo)
    {
        Curve = curve;
        _key = key;
        _order = key.Parameters.N;
        FieldSize = (key.Parameters.Curve.FieldSize + 7) / 8;
    }

    /// <summary>Object identifier of the curve.</summary>
    public string Curve { get; }

    /// <summary>Bytes of a coordinate, and of r and of s.</summary>
    public int FieldSize { get; }

    public override string Name => "ECDSA " + _curves[Curve].Name;

    /// <summary>A key from its uncompressed or compressed point (SEC 1). Null for a curve that is not known, or a point that is not on it.</summary>
    public static PublicKey? FromPoint(ReadOnlyMemory<byte> subjectPublicKeyInfo, string curve, ReadOnlySpan<byte> point)
    {
        if (!_curves.TryGetValue(curve, out var known))
        {
            return new UnsupportedKey(subjectPublicKeyInfo, curve);
        }

        try
        {
            var decoded = known.Curve.Curve.DecodePoint(point);
            return decoded.IsInfinity ? null : new EcKey(subjectPublicKeyInfo, curve, new ECPublicKeyParameters(decoded, new ECDomainParameters(known.Curve)));
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or ArithmeticException)
        {
            // An encoding that SEC 1 does not have, or a point that is not on the curve.
            return null;
        }
    }

    /// <summary>A key from the x and y that quotes, COSE and JOSE keys carry, big-endian. Null when it is not a point of the curve.</summary>
    public static EcKey? FromCoordinates(string curve, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        if (!_curves.TryGetValue(curve, out var known) || x.Length != (known.Curve.Curve.FieldSize + 7) / 8 || y.Length != x.Length)
        {
            return null;
        }

        byte[] point = [4, .. x, .. y];
        return FromPoint(Encode(curve, point), curve, point) as EcKey;
    }

    /// <summary>A key from x and the sign of y (SEC 1 section 2.3.4). Null when there is no such point.</summary>
    public static EcKey? FromCompressed(string curve, ReadOnlySpan<byte> x, bool odd)
    {
        if (!_curves.TryGetValue(curve, out var known) || x.Length != (known.Curve.Curve.FieldSize + 7) / 8)
        {
            return null;
        }

        try
        {
            var point = known.Curve.Curve.DecodePoint([odd ? (byte)3 : (byte)2, .. x]).GetEncoded(compressed: false);
            return FromPoint(Encode(curve, point), curve, point) as EcKey;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or ArithmeticException)
        {
            // No y has this x.
            return null;
        }
    }

    /// <summary>A number with the zeros in front that make it as long as the curve's field, for formats that drop them. Longer numbers and numbers of unknown curves stay as they are.</summary>
    public static byte[] Pad(string curve, ReadOnlySpan<byte> number) =>
        _curves.TryGetValue(curve, out var known) ? [.. new byte[Math.Max(0, ((known.Curve.Curve.FieldSize + 7) / 8) - number.Length)], .. number] : number.ToArray();

    protected override bool IsSignature(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        TryReadDer(signature, out var r, out var s) && Verify(algorithm, data, r, s);

    protected override bool IsRawSignature(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        signature.Length == 2 * FieldSize && Verify(algorithm, data, new BigInteger(1, signature[..FieldSize]), new BigInteger(1, signature[FieldSize..]));

    /// <summary>ECDH with a key made for this one use: its point, and the x that both share.</summary>
    public (byte[] X, byte[] Y, byte[] SharedX) AgreeWithFreshKey()
    {
        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(_key.Parameters, new SecureRandom(new CryptoApiRandomGenerator())));
        var pair = generator.GenerateKeyPair();
        var point = ((ECPublicKeyParameters)pair.Public).Q.Normalize();
        var shared = _key.Q.Multiply(((ECPrivateKeyParameters)pair.Private).D).Normalize();
        return (point.AffineXCoord.GetEncoded(), point.AffineYCoord.GetEncoded(), shared.AffineXCoord.GetEncoded());
    }

    private bool Verify(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, BigInteger r, BigInteger s)
    {
        HashAlgorithmName hash;
        switch (algorithm)
        {
            case SignatureAlgorithm.EcdsaSha256: hash = HashAlgorithmName.SHA256; break;
            case SignatureAlgorithm.EcdsaSha384: hash = HashAlgorithmName.SHA384; break;
            case SignatureAlgorithm.EcdsaSha512: hash = HashAlgorithmName.SHA512; break;
            default: return false;
        }

        if (r.SignValue <= 0 || r.CompareTo(_order) >= 0 || s.SignValue <= 0 || s.CompareTo(_order) >= 0)
        {
            return false;
        }

        var verifier = new ECDsaSigner();
        verifier.Init(forSigning: false, _key);
        return verifier.VerifySignature(Hashes.Of(hash, data), r, s);
    }

    private static bool TryReadDer(ReadOnlySpan<byte> signature, out BigInteger r, out BigInteger s)
    {
        r = s = BigInteger.Zero;
        try
        {
            var outer = new AsnReader(signature.ToArray(), AsnEncodingRules.DER);
            var sequence = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            r = new BigInteger(sequence.ReadIntegerBytes().ToArray());
            s = new BigInteger(sequence.ReadIntegerBytes().ToArray());
            sequence.ThrowIfNotEmpty();
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static byte[] Encode(string curve, ReadOnlySpan<byte> point)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.10045.2.1");
                writer.WriteObjectIdentifier(curve);
            }

            writer.WriteBitString(point);
        }

        return writer.Encode();
    }
}
