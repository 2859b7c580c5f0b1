using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Dice;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Nvidia;

/// <summary>A GPU's report with its chain, leaf first.</summary>
internal sealed class NvidiaBody : IEvidenceBody
{
    private const string Field = "deviceChain";

    private readonly SpdmReport _report;
    private readonly IReadOnlyList<DiceLayer> _layers;

    public NvidiaBody(SpdmReport report, IReadOnlyList<DiceLayer> layers)
    {
        _report = report;
        _layers = layers;
    }

    public IReadOnlyList<EvidenceField> Fields =>
    [
        EvidenceField.Hex("nonce", _report.Nonce.Span, "the asker's nonce"),
        EvidenceField.Hex("responder_nonce", _report.ResponderNonce.Span, "the device's nonce"),
        new("measurement_blocks", _report.Blocks.Count, "measurement blocks"),
        new("measurements", new JsonObject(_report.Blocks.Where(block => block.IsMeasured).Select(block => KeyValuePair.Create<string, JsonNode?>(Name(block), Convert.ToHexStringLower(block.Value.Span)))), "measurements by index; empty ones are left out"),
        new("measurement_count", _report.Opaque.CountsToJson(), "how often each index was extended"),
        new("opaque", _report.Opaque.ToJson(), "what the device says about itself"),
        EvidenceField.Hex("bytes_after_signature", _report.Trailing.Span, "bytes that nobody signed"),
        .. _layers.Count > 0 ? DiceFields.Of(_layers) : [],
    ];

    public CollateralRequest? Request => null;

    public AttestationVerdict<AuthenticClaims> Authenticate(AuthenticationContext context)
    {
        if (_layers.Count == 0)
        {
            return Refuse(AttestationRefusal.IncompleteChain, NvidiaFormat.ChainPart, "the device's certificates", "none");
        }

        // 1. The device chain to NVIDIA's root. A root alone signs no reports.
        var leaf = _layers[0];
        var rules = new ChainRules { Field = Field, Root = RootKind.Nvidia, Roots = context.Roots, At = context.At, Verified = context.Verified };
        if (leaf.Certificate.IsSelfIssued)
        {
            return Refuse(AttestationRefusal.IncompleteChain, Field, "the certificate of the key that signs reports", "a root first");
        }

        var verified = DicePath.Verify(leaf.Certificate, _layers.Skip(1).Select(layer => layer.Certificate), rules);
        if (!verified.Accepted)
        {
            return new AttestationVerdict<AuthenticClaims>(verified.Fault);
        }

        // 2. DSP0274 1.1, 10.11.2: ECDSA P-384 with SHA-384 over request and response.
        if (leaf.Certificate.Key is not EcKey { Curve: EcKey.P384 } key || !key.VerifyRaw(SignatureAlgorithm.EcdsaSha384, _report.Signed.Span, _report.Signature.Span))
        {
            return Refuse(AttestationRefusal.BadSignature, "signature", "the leaf key's signature (ECDSA P-384) over request and response", "another");
        }

        // 3. Revocation, where lists were given.
        if (DeviceRevocation.Check(verified.Value.Chain, rules, context.Collateral, out var revocation) is { } revoked)
        {
            return new AttestationVerdict<AuthenticClaims>(revoked);
        }

        // 4. The firmware that the report names is the one that the leaf key was made for.
        var reported = _report.Opaque.FirmwareId;
        if (reported.Length > 0 && !leaf.FirmwareIds.Any(id => id.Digest.Span.SequenceEqual(reported.Span)))
        {
            return Refuse(AttestationRefusal.BindingMismatch, "opaque.fwid", "the firmware digest of the leaf certificate", Convert.ToHexStringLower(reported.Span));
        }

        var debug = leaf.Infos.Any(info => info.Flags is { Debug: true });
        return new AttestationVerdict<AuthenticClaims>(new AuthenticClaims(Claims(verified.Value, revocation, debug), debug ? AuthenticationResult.ValidDebug : AuthenticationResult.Valid, []));
    }

    private EnclaveClaims Claims(DicePath path, DeviceRevocation revocation, bool debug)
    {
        var name = (_layers[0].DeviceName ?? string.Empty).Split(':');
        var (family, serial) = name is [_, var product, var number] ? (product, number) : (string.Empty, _layers[0].Certificate.Subject.ValueOf("2.5.4.5"));
        return new EnclaveClaims
        {
            Kind = EvidenceKind.NvidiaGpu,
            Tee = "gpu",
            Root = path.Chain.Root,

            // No register stands for all of them, so the whole record does.
            Measurement = SHA384.HashData(_report.Record.Span),
            Measurements = [.. _report.Blocks.Where(block => block.IsMeasured).Select(block => new MeasuredValue(Name(block), block.Value.Length == 48 ? "sha-384" : "raw", block.Value))],
            Svn = null,
            Debug = debug,
            ReportData = ReadOnlyMemory<byte>.Empty,
            Nonce = _report.Nonce,
            IssuedAt = null,
            HoldsUntil = revocation.HoldsUntil,
            Tcb = revocation.Tcb,
            HardwareId = IdOf(serial),
            ChipFamily = family,

            // notConfigured is set in production parts (GB100), so it is shown and means nothing here.
            Conditions = _layers[0].Infos.Any(info => info.Flags is { NotSecure: true } or { Recovery: true }) ? [EvidenceCondition.DeviceNotSecured] : [],
            RevocationChecked = revocation.Checked,
            NotChecked =
            [
                "whether driver and firmware are NVIDIA's current ones: reference values (RIM) are compared only through the measurement that a policy names",
                "whether confidential mode is on: the driver of the guest says so, not the report",
                "the host and its CPU",
                .. _report.Opaque.FirmwareId.Length == 0 ? ["the firmware digest: the report names none"] : (string[])[],
            ],
        };
    }

    // Serial numbers are hex digits; other text stands for itself.
    private static byte[] IdOf(string serial) =>
        serial.Length % 2 == 0 && serial.Length > 0 && serial.All(char.IsAsciiHexDigit) ? Convert.FromHexString(serial) : Encoding.UTF8.GetBytes(serial);

    private static string Name(SpdmMeasurement block) => block.Index.ToString(CultureInfo.InvariantCulture);

    private static AttestationVerdict<AuthenticClaims> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Authenticate(reason, field, wanted, given));
}
