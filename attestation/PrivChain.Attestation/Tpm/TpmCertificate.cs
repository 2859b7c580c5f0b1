using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tpm;

/// <summary>
/// An endorsement or attestation key certificate (TCG EK Credential Profile 2.6, section 3; TCG Platform and AIK profiles). Its subject may be empty: then who it is about stands in a critical subjectAltName, which
/// is read here and so may be critical.
/// </summary>
internal sealed class TpmCertificate
{
    private const string EndorsementUse = "2.23.133.8.1";
    private const string AttestationUse = "2.23.133.8.3";
    private const string MicrosoftAttestationUse = "1.3.6.1.4.1.311.10.3.12";
    private const string GceInstance = "1.3.6.1.4.1.11129.2.1.21";
    private const string TpmManufacturer = "2.23.133.2.1";
    private const string TpmModel = "2.23.133.2.2";
    private const string TpmVersion = "2.23.133.2.3";
    private const int DigitalSignatureBit = 0;
    private const int KeyEnciphermentBit = 2;
    private const int KeyAgreementBit = 4;
    private const int DirectoryName = 4;

    private TpmCertificate(Certificate certificate) => Certificate = certificate;

    /// <summary>Critical extensions that this type reads, in the key's own certificate.</summary>
    public static IReadOnlySet<string> ReadExtensions { get; } = new HashSet<string>(StringComparer.Ordinal) { Oids.SubjectAltName, Oids.ExtendedKeyUsage };

    public Certificate Certificate { get; }

    /// <summary>Extended key usages, in their order.</summary>
    public IReadOnlyList<string> Uses { get; private set; } = [];

    /// <summary>Manufacturer, model and version of the TPM; empty when the certificate does not say.</summary>
    public string Manufacturer { get; private set; } = string.Empty;

    public string Model { get; private set; } = string.Empty;

    public string Version { get; private set; } = string.Empty;

    /// <summary>Zone, project and name of a machine in Google's cloud; empty for others.</summary>
    public string GceZone { get; private set; } = string.Empty;

    public string GceProject { get; private set; } = string.Empty;

    public string GceName { get; private set; } = string.Empty;

    public bool HasTpmAttributes => Manufacturer.Length > 0 && Model.Length > 0 && Version.Length > 0;

    /// <summary>
    /// True when the key may sign quotes: no authority, digitalSignature in its key usage, and no use that is none of a TPM key's. Google's attestation keys carry the endorsement use, so the key usage tells the kinds
    /// apart: a true endorsement key decrypts.
    /// </summary>
    public bool IsForAttestation => IsLeaf && Has(DigitalSignatureBit) && !Has(KeyEnciphermentBit) && !Has(KeyAgreementBit);

    /// <summary>True when the key is an endorsement key: it decrypts and does not sign.</summary>
    public bool IsForEndorsement => IsLeaf && Uses.Contains(EndorsementUse) && HasTpmAttributes && !Has(DigitalSignatureBit) && Has(Certificate.Key is EcKey ? KeyAgreementBit : KeyEnciphermentBit);

    private bool IsLeaf => !Certificate.IsAuthority && Uses.All(use => use is EndorsementUse or AttestationUse or MicrosoftAttestationUse)
        && (Certificate.Subject.ToString().Length > 0 || Certificate.Extension(Oids.SubjectAltName) is { Critical: true });

    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out TpmCertificate? read)
    {
        read = null;
        if (!Certificate.TryParseAny(WithoutPadding(bytes), out var certificate))
        {
            return false;
        }

        try
        {
            var parsed = new TpmCertificate(certificate);
            parsed.ReadUses();
            parsed.ReadAltName();
            parsed.ReadInstance();
            read = parsed;
            return true;
        }
        catch (Exception exception) when (exception is AsnContentException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The certificate's own fields, each name with this in front.</summary>
    public IReadOnlyList<EvidenceField> Fields(string prefix)
    {
        var fields = new List<EvidenceField>
        {
            new(prefix + "subject", Certificate.Subject.ToLastFirst(), "whom the certificate is about"),
            new(prefix + "issuer", Certificate.Issuer.ToLastFirst(), "who issued it"),
            EvidenceField.Time(prefix + "not_before", Certificate.NotBefore, "first day"),
            EvidenceField.Time(prefix + "not_after", Certificate.NotAfter, "last day"),
            new(prefix + "eku", new JsonArray([.. Uses.Select(use => (JsonNode)use)]), "what the key is for"),
        };
        if (HasTpmAttributes)
        {
            fields.Add(new(prefix + "tpm", $"{Manufacturer} {Model} {Version}", "manufacturer, model and version of the TPM"));
        }

        if (GceName.Length > 0)
        {
            fields.Add(new(prefix + "gce_instance", $"{GceProject}/{GceZone}/{GceName}", "the machine in Google's cloud"));
        }

        return fields;
    }

    /// <summary>What a certificate says when it is the evidence itself.</summary>
    public IReadOnlyList<EvidenceField> OwnFields() =>
    [
        .. Fields(string.Empty),
        new("key", Certificate.Key switch { RsaKey => "RSAPublicKey", EcKey => "ECPublicKey", _ => Certificate.Key.Name }, "kind of key"),
        new("key_usage_critical", Certificate.Extension(Oids.KeyUsage) is { Critical: true }, "whether key usage must be understood"),
        new("gce_instance_extension_1_3_6_1_4_1_11129_2_1_21", Certificate.Extension(GceInstance) is not null, "whether Google's cloud issued it for a machine"),
        new("has_tcg_tpm_attributes", HasTpmAttributes, "whether it names a TPM"),
    ];

    // A TPM keeps certificates in places of a fixed size, and tools hand out the place: zeros behind DER are no part of it.
    private static ReadOnlyMemory<byte> WithoutPadding(ReadOnlyMemory<byte> bytes) =>
        AsnDecoder.TryReadEncodedValue(bytes.Span, AsnEncodingRules.DER, out _, out _, out _, out var length) && !bytes.Span[length..].ContainsAnyExcept((byte)0) ? bytes[..length] : bytes;

    private bool Has(int bit) => Certificate.KeyUsage is { } usage && usage.Length > bit / 8 && (usage.Span[bit / 8] & (0x80 >> (bit % 8))) != 0;

    private void ReadUses()
    {
        if (Reader(Oids.ExtendedKeyUsage) is not { } reader)
        {
            return;
        }

        var uses = new List<string>();
        var sequence = reader.ReadSequence();
        while (sequence.HasData)
        {
            uses.Add(sequence.ReadObjectIdentifier());
        }

        reader.ThrowIfNotEmpty();
        Uses = uses;
    }

    // GeneralNames with one directoryName; other kinds of names are skipped.
    private void ReadAltName()
    {
        if (Reader(Oids.SubjectAltName) is not { } reader)
        {
            return;
        }

        var names = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        var directory = new Asn1Tag(TagClass.ContextSpecific, DirectoryName, isConstructed: true);
        while (names.HasData)
        {
            if (names.PeekTag() != directory)
            {
                _ = names.ReadEncodedValue();
                continue;
            }

            var wrapper = names.ReadSequence(directory);
            var name = DistinguishedName.Read(wrapper);
            wrapper.ThrowIfNotEmpty();
            (Manufacturer, Model, Version) = (name.ValueOf(TpmManufacturer), name.ValueOf(TpmModel), name.ValueOf(TpmVersion));
        }
    }

    // GceInstanceInfo: zone, project number, project id, instance id, instance name, then security properties.
    private void ReadInstance()
    {
        if (Reader(GceInstance) is not { } reader)
        {
            return;
        }

        var sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        GceZone = sequence.ReadCharacterString(UniversalTagNumber.UTF8String);
        _ = sequence.ReadIntegerBytes();
        GceProject = sequence.ReadCharacterString(UniversalTagNumber.UTF8String);
        _ = sequence.ReadIntegerBytes();
        GceName = sequence.ReadCharacterString(UniversalTagNumber.UTF8String);
    }

    private AsnReader? Reader(string oid) => Certificate.Extension(oid) is { } extension ? new AsnReader(extension.Value, AsnEncodingRules.DER) : null;
}
