using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tests;

/// <summary>Signs tokens with the platform's ECDSA, an implementation that shares no code with the one under test.</summary>
internal sealed class TestSigner : IDisposable
{
    private readonly ECDsa _key;
    private readonly HashAlgorithmName _hash;
    private readonly int _coseAlgorithm;
    private readonly string _joseAlgorithm;
    private readonly int _coseCurve;

    private TestSigner(ECCurve curve, HashAlgorithmName hash, int coseAlgorithm, string joseAlgorithm, int coseCurve)
    {
        _key = ECDsa.Create(curve);
        _hash = hash;
        _coseAlgorithm = coseAlgorithm;
        _joseAlgorithm = joseAlgorithm;
        _coseCurve = coseCurve;
        Key = PublicKey.TryParse(_key.ExportSubjectPublicKeyInfo(), out var key) ? key : throw new InvalidOperationException("the platform's key does not parse");
    }

    public PublicKey Key { get; }

    public ECDsa Platform => _key;

    public static TestSigner P256() => new(ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256, -7, "ES256", 1);

    public static TestSigner P384() => new(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384, -35, "ES384", 2);

    public TrustAnchor Anchor(string kind = RootKind.Eat) => TrustAnchor.FromKey(kind, Key, "test key");

    public byte[] SubjectPublicKeyInfo => _key.ExportSubjectPublicKeyInfo();

    /// <summary>The uncompressed point.</summary>
    public byte[] Point => SubjectPublicKeyInfo[^((2 * (_key.KeySize / 8)) + 1)..];

    public byte[] Sign(byte[] data) => _key.SignData(data, _hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>COSE_Sign1, with tag 18 unless told otherwise.</summary>
    public byte[] Sign1(byte[] payload, int? algorithm = null, bool tagged = true)
    {
        var header = Encode(writer =>
        {
            writer.WriteStartMap(1);
            writer.WriteInt32(1);
            writer.WriteInt32(algorithm ?? _coseAlgorithm);
            writer.WriteEndMap();
        });
        var signature = Sign(Encode(writer =>
        {
            writer.WriteStartArray(4);
            writer.WriteTextString("Signature1");
            writer.WriteByteString(header);
            writer.WriteByteString([]);
            writer.WriteByteString(payload);
            writer.WriteEndArray();
        }));
        return Encode(writer =>
        {
            if (tagged)
            {
                writer.WriteTag((CborTag)18);
            }

            writer.WriteStartArray(4);
            writer.WriteByteString(header);
            writer.WriteStartMap(0);
            writer.WriteEndMap();
            writer.WriteByteString(payload);
            writer.WriteByteString(signature);
            writer.WriteEndArray();
        });
    }

    /// <summary>A JWS in compact form.</summary>
    public byte[] Jws(string payload, string? header = null)
    {
        var text = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header ?? $$"""{"alg":"{{_joseAlgorithm}}","kid":"test"}""")) + "." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload));
        return Encoding.ASCII.GetBytes(text + "." + Base64Url.EncodeToString(Sign(Encoding.ASCII.GetBytes(text))));
    }

    /// <summary>The public key as JWK, with more members.</summary>
    public string Jwk(string more = "")
    {
        var point = Point;
        var size = (point.Length - 1) / 2;
        return $$"""{"kty":"EC","crv":"P-{{_key.KeySize}}","x":"{{Base64Url.EncodeToString(point.AsSpan(1, size))}}","y":"{{Base64Url.EncodeToString(point.AsSpan(1 + size))}}"{{more}}}""";
    }

    /// <summary>The public key as COSE_Key.</summary>
    public byte[] CoseKey(bool compressed = false, (int Label, int Value)? extra = null)
    {
        var point = Point;
        var size = (point.Length - 1) / 2;
        return Encode(writer =>
        {
            writer.WriteStartMap(extra is null ? 4 : 5);
            writer.WriteInt32(1);
            writer.WriteInt32(2);
            if (extra is { } more)
            {
                writer.WriteInt32(more.Label);
                writer.WriteInt32(more.Value);
            }

            writer.WriteInt32(-1);
            writer.WriteInt32(_coseCurve);
            writer.WriteInt32(-2);
            writer.WriteByteString(point.AsSpan(1, size));
            writer.WriteInt32(-3);
            if (compressed)
            {
                writer.WriteBoolean((point[^1] & 1) != 0);
            }
            else
            {
                writer.WriteByteString(point.AsSpan(1 + size));
            }

            writer.WriteEndMap();
        });
    }

    public static byte[] Encode(Action<CborWriter> write)
    {
        var writer = new CborWriter(CborConformanceMode.Lax, convertIndefiniteLengthEncodings: false);
        write(writer);
        return writer.Encode();
    }

    /// <summary>A map; values are integers, texts, bytes, flags, null, and <see cref="ReadOnlyMemory{T}"/> of items that are encoded already.</summary>
    public static byte[] Map(params (object Key, object? Value)[] entries) => Encode(writer =>
    {
        writer.WriteStartMap(entries.Length);
        foreach (var (key, value) in entries)
        {
            Write(writer, key);
            Write(writer, value);
        }

        writer.WriteEndMap();
    });

    /// <summary>An array; values as in <see cref="Map"/>.</summary>
    public static byte[] Array(params object?[] items) => Encode(writer =>
    {
        writer.WriteStartArray(items.Length);
        foreach (var item in items)
        {
            Write(writer, item);
        }

        writer.WriteEndArray();
    });

    /// <summary>An item that is encoded already.</summary>
    public static ReadOnlyMemory<byte> Raw(byte[] encoded) => encoded;

    /// <summary>A tag in front of an item that is encoded already.</summary>
    public static byte[] Tag(ulong tag, byte[] encoded) => Encode(writer =>
    {
        writer.WriteTag((CborTag)tag);
        writer.WriteEncodedValue(encoded);
    });

    public void Dispose() => _key.Dispose();

    private static void Write(CborWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNull(); break;
            case int number: writer.WriteInt32(number); break;
            case long number: writer.WriteInt64(number); break;
            case ulong number: writer.WriteUInt64(number); break;
            case double number: writer.WriteDouble(number); break;
            case bool flag: writer.WriteBoolean(flag); break;
            case string text: writer.WriteTextString(text); break;
            case byte[] bytes: writer.WriteByteString(bytes); break;
            case ReadOnlyMemory<byte> encoded: writer.WriteEncodedValue(encoded.Span); break;
            default: throw new ArgumentException("not a value that is written here", nameof(value));
        }
    }
}
