using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;

namespace PrivChain.Attestation.Intel;

/// <summary>The SGX extension of a PCK certificate (Intel SGX PCK Certificate and CRL Profile Specification, section 1.3.5), read in full.</summary>
internal sealed class PckExtension
{
    public const string Oid = "1.2.840.113741.1.13.1";
    public const int ComponentCount = 16;

    private const string Prefix = Oid + ".";

    private readonly byte[] _components = new byte[ComponentCount];
    private int _componentsRead;

    private PckExtension()
    {
    }

    /// <summary>Platform provisioning id, 16 bytes.</summary>
    public ReadOnlyMemory<byte> Ppid { get; private set; }

    /// <summary>The 16 security versions of the platform that the certificate is for.</summary>
    public ReadOnlyMemory<byte> Components => _components;

    public ushort PceSvn { get; private set; }

    /// <summary>CPUSVN as the processor encodes it, 16 bytes; levels compare <see cref="Components"/>.</summary>
    public ReadOnlyMemory<byte> CpuSvn { get; private set; }

    /// <summary>2 bytes.</summary>
    public ReadOnlyMemory<byte> PceId { get; private set; }

    /// <summary>Family, model, stepping, platform and custom SKU: 6 bytes.</summary>
    public ReadOnlyMemory<byte> Fmspc { get; private set; }

    /// <summary>0 standard, 1 scalable, 2 scalable with integrity.</summary>
    public int SgxType { get; private set; }

    /// <summary>Id of a platform with several packages, 16 bytes, or empty.</summary>
    public ReadOnlyMemory<byte> PlatformInstanceId { get; private set; }

    /// <summary>True when packages can be added to the platform, or null where it is not said.</summary>
    public bool? DynamicPlatform { get; private set; }

    /// <summary>True when Intel's registration service keeps the platform's root keys, or null.</summary>
    public bool? CachedKeys { get; private set; }

    /// <summary>True when simultaneous multithreading is on, or null.</summary>
    public bool? SmtEnabled { get; private set; }

    public static bool TryParse(ReadOnlyMemory<byte> value, [NotNullWhen(true)] out PckExtension? extension)
    {
        extension = null;
        try
        {
            var outer = new AsnReader(value, AsnEncodingRules.DER);
            var list = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var parsed = new PckExtension();
            var seen = new HashSet<string>(StringComparer.Ordinal);
            parsed.ReadList(list, Prefix, seen);
            if (parsed.Ppid.Length != 16 || parsed.CpuSvn.Length != 16 || parsed.PceId.Length != 2 || parsed.Fmspc.Length != 6 || parsed._componentsRead != ComponentCount
                || parsed.PlatformInstanceId.Length is not (0 or 16) || !seen.Contains(Prefix + "2.17") || !seen.Contains(Prefix + "5"))
            {
                return false;
            }

            extension = parsed;
            return true;
        }
        catch (Exception exception) when (exception is AsnContentException or OverflowException or InvalidOperationException)
        {
            // Not DER, or a number beyond its field.
            return false;
        }
    }

    private void ReadList(AsnReader list, string prefix, HashSet<string> seen)
    {
        while (list.HasData)
        {
            var item = list.ReadSequence();
            var oid = item.ReadObjectIdentifier();
            if (!oid.StartsWith(prefix, StringComparison.Ordinal) || !seen.Add(oid))
            {
                throw new AsnContentException("an item twice, or of another list");
            }

            ReadItem(item, oid[Prefix.Length..], seen);
            item.ThrowIfNotEmpty();
        }
    }

    private void ReadItem(AsnReader item, string id, HashSet<string> seen)
    {
        switch (id)
        {
            case "1": Ppid = item.ReadOctetString(); break;
            case "2": ReadList(item.ReadSequence(), Prefix + "2.", seen); break;
            case "3": PceId = item.ReadOctetString(); break;
            case "4": Fmspc = item.ReadOctetString(); break;
            case "5": SgxType = item.ReadEnumeratedBytes().Span is [var type] ? type : throw new AsnContentException(); break;
            case "6": PlatformInstanceId = item.ReadOctetString(); break;
            case "7": ReadList(item.ReadSequence(), Prefix + "7.", seen); break;
            case "7.1": DynamicPlatform = item.ReadBoolean(); break;
            case "7.2": CachedKeys = item.ReadBoolean(); break;
            case "7.3": SmtEnabled = item.ReadBoolean(); break;
            case "2.17": PceSvn = checked((ushort)item.ReadInteger()); break;
            case "2.18": CpuSvn = item.ReadOctetString(); break;
            default: ReadComponent(item, id); break;
        }
    }

    private void ReadComponent(AsnReader item, string id)
    {
        if (!id.StartsWith("2.", StringComparison.Ordinal))
        {
            // An item of a later profile: shown nowhere and relied upon nowhere.
            _ = item.ReadEncodedValue();
            return;
        }

        if (!int.TryParse(id.AsSpan(2), System.Globalization.NumberStyles.None, null, out var number) || number is < 1 or > ComponentCount)
        {
            throw new AsnContentException("a component beyond the last");
        }

        _components[number - 1] = checked((byte)item.ReadInteger());
        _componentsRead++;
    }
}
