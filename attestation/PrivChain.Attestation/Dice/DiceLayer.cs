using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using PrivChain.Attestation.Certificates;

namespace PrivChain.Attestation.Dice;

/// <summary>What one certificate of a DICE chain says, read whole: an extension of a known name that is not of its form makes the certificate unreadable, so that what is critical and named here was really read.</summary>
internal sealed class DiceLayer
{
    private DiceLayer(Certificate certificate) => Certificate = certificate;

    /// <summary>Extensions that are read here and may be critical.</summary>
    public static IReadOnlySet<string> ReadExtensions { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        DiceOids.TcbInfo, DiceOids.NvidiaTcbInfo, DiceOids.MultiTcbInfo, DiceOids.Ueid, DiceOids.OpenDiceInput, Oids.ExtendedKeyUsage, Oids.SubjectAltName,
    };

    public Certificate Certificate { get; }

    /// <summary>In the order of the certificate.</summary>
    public IReadOnlyList<TcbInfo> Infos { get; private set; } = [];

    /// <summary>True when the extension that holds <see cref="Infos"/> is critical.</summary>
    public bool InfosAreCritical { get; private set; }

    public ReadOnlyMemory<byte>? Ueid { get; private set; }

    public CompositeDeviceId? Composite { get; private set; }

    public OpenDiceInput? OpenDice { get; private set; }

    /// <summary>The SPDM device name, or null.</summary>
    public string? DeviceName { get; private set; }

    /// <summary>Object identifiers of extended key usage; empty when there is none.</summary>
    public IReadOnlyList<string> Purposes { get; private set; } = [];

    /// <summary>DICE extensions that are known by name and not read.</summary>
    public IEnumerable<string> Unread => Certificate.Extensions.Keys.Select(DiceOids.UnreadName).OfType<string>();

    /// <summary>Every digest of firmware that this certificate vouches for, the one of the last component last.</summary>
    public IEnumerable<FirmwareId> FirmwareIds
    {
        get
        {
            IEnumerable<FirmwareId> composite = Composite is { } device ? [device.FirmwareId] : [];

            // The Open Profile hashes with SHA-512 unless its implementation chose otherwise, and then says so by the length.
            IEnumerable<FirmwareId> open = OpenDice?.CodeHash is { } hash ? [new FirmwareId(hash.Length switch { 32 => "sha-256", 48 => "sha-384", _ => "sha-512" }, hash)] : [];
            return composite.Concat(open).Concat(Infos.SelectMany(info => info.FirmwareIds));
        }
    }

    /// <summary>Reads the certificate's extensions.</summary>
    public static bool TryRead(Certificate certificate, [NotNullWhen(true)] out DiceLayer? layer)
    {
        layer = null;
        try
        {
            var read = new DiceLayer(certificate);
            foreach (var extension in certificate.Extensions.Values)
            {
                if (!read.Read(extension))
                {
                    return false;
                }
            }

            layer = read;
            return true;
        }
        catch (Exception exception) when (exception is AsnContentException or ArgumentException or InvalidOperationException)
        {
            // Not DER, or a text of other characters than its type has.
            return false;
        }
    }

    private bool Read(CertificateExtension extension)
    {
        if (extension.Oid == Oids.SubjectAltName)
        {
            var names = AlternativeNames.Read(extension.Value);
            DeviceName = names.DeviceName;
            Composite ??= names.Composite;
            return names.ReadWhole || !extension.Critical;
        }

        if (!ReadExtensions.Contains(extension.Oid))
        {
            return true;
        }

        var reader = new AsnReader(extension.Value, AsnEncodingRules.DER);
        switch (extension.Oid)
        {
            case DiceOids.TcbInfo or DiceOids.NvidiaTcbInfo when CompositeDeviceId.IsNext(reader):
                Composite = CompositeDeviceId.Read(reader);
                break;
            case DiceOids.TcbInfo or DiceOids.NvidiaTcbInfo:
                Infos = [.. Infos, TcbInfo.Read(reader)];
                InfosAreCritical |= extension.Critical;
                break;
            case DiceOids.MultiTcbInfo:
                Infos = [.. Infos, .. TcbInfo.ReadList(reader)];
                InfosAreCritical |= extension.Critical;
                break;
            case DiceOids.Ueid:
                Ueid = ReadUeid(reader);
                break;
            case DiceOids.OpenDiceInput:
                OpenDice = OpenDiceInput.Read(reader);
                break;
            default:
                Purposes = ReadPurposes(reader);
                break;
        }

        reader.ThrowIfNotEmpty();
        return true;
    }

    // TCG Ueid: SEQUENCE { OCTET STRING }; RFC 9711, 4.2.1: a type byte and at most 32 more, and vendors go beyond.
    private static ReadOnlyMemory<byte> ReadUeid(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var ueid = sequence.ReadOctetString();
        sequence.ThrowIfNotEmpty();
        return ueid.Length is > 0 and <= 64 ? ueid : throw new AsnContentException("an identifier of another length");
    }

    private static List<string> ReadPurposes(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var purposes = new List<string>();
        while (sequence.HasData && purposes.Count < 16)
        {
            purposes.Add(sequence.ReadObjectIdentifier());
        }

        sequence.ThrowIfNotEmpty();
        return purposes;
    }
}
