using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using PrivChain.Attestation.Certificates;

namespace PrivChain.Attestation.Amd;

/// <summary>What AMD says in a VCEK's or VLEK's extensions (AMD 57230, section 3.1, tables 8 to 10).</summary>
/// <param name="ProductName">Such as <c>Milan-B0</c>.</param>
/// <param name="Tcb">The TCB that the key was derived for.</param>
/// <param name="HardwareId">VCEK: 64 bytes, on Turin 8; VLEK: empty.</param>
/// <param name="CloudId">VLEK: whom it is leased to; VCEK: empty.</param>
internal sealed record AmdKeyCertificate(string ProductName, SnpTcb Tcb, ReadOnlyMemory<byte> HardwareId, string CloudId)
{
    private const string Arc = "1.3.6.1.4.1.3704.1.";
    private const string StructVersion = Arc + "1";
    private const string Product = Arc + "2";
    private const string HwId = Arc + "4";
    private const string CspId = Arc + "5";
    private const int IdSize = 64;

    /// <summary>Reads the extensions; each that the kind of key must have must be there, in its one form.</summary>
    /// <param name="certificate">The certificate, its chain verified.</param>
    /// <param name="vlek">True for a VLEK.</param>
    /// <param name="turin">True for the parts that a TCB has on Turin.</param>
    /// <param name="read">What it says.</param>
    public static bool TryRead(Certificate certificate, bool vlek, bool turin, [NotNullWhen(true)] out AmdKeyCertificate? read)
    {
        read = null;
        try
        {
            // Levels 4 to 7 are reserved; a level that nobody knows of must not count as met.
            var version = Level(certificate, StructVersion);
            var reserved = new[] { "3.4", "3.5", "3.6", "3.7" }.All(oid => certificate.Extension(Arc + oid) is null || Level(certificate, Arc + oid) == 0);
            if (version > 1 || !reserved || (certificate.Extension(Arc + "3.9") is not null) != turin)
            {
                return false;
            }

            var tcb = new SnpTcb(
                turin ? Level(certificate, Arc + "3.9") : null, Level(certificate, Arc + "3.1"), Level(certificate, Arc + "3.2"), Level(certificate, Arc + "3.3"), Level(certificate, Arc + "3.8"));
            var id = vlek ? default : Id(certificate, turin ? AmdProduct.TurinIdSize : IdSize);
            if (!vlek && id.Length == 0)
            {
                return false;
            }

            read = new AmdKeyCertificate(Text(certificate, Product), tcb, id, vlek ? Text(certificate, CspId) : string.Empty);
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static byte Level(Certificate certificate, string oid)
    {
        var reader = Reader(certificate, oid);
        var known = reader.TryReadInt32(out var level) && level is >= 0 and <= byte.MaxValue;
        reader.ThrowIfNotEmpty();
        return known ? (byte)level : throw new AsnContentException();
    }

    private static string Text(Certificate certificate, string oid)
    {
        var reader = Reader(certificate, oid);
        var text = reader.ReadCharacterString(reader.PeekTag() == new Asn1Tag(UniversalTagNumber.UTF8String) ? UniversalTagNumber.UTF8String : UniversalTagNumber.IA5String);
        reader.ThrowIfNotEmpty();
        return text;
    }

    // The id's bytes stand there bare, or since 2025 as an OCTET STRING of their own.
    private static ReadOnlyMemory<byte> Id(Certificate certificate, int size)
    {
        var value = certificate.Extension(HwId)?.Value ?? default;
        return value.Length == size ? value
            : value.Length == size + 2 && value.Span[0] == (byte)UniversalTagNumber.OctetString && value.Span[1] == size ? value[2..]
            : default;
    }

    private static AsnReader Reader(Certificate certificate, string oid) => new(certificate.Extension(oid)?.Value ?? throw new AsnContentException(), AsnEncodingRules.DER);
}
