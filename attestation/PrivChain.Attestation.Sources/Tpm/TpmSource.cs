using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Sources.Tpm;

/// <summary>
/// Quotes of a TPM 2.0 through tpm2-tools, with an attestation key (ECDSA P-256, restricted) made at start beside the endorsement key. A verifier learns that both live in one TPM by <see cref="ActivateCredential"/>. The
/// measurement is what the verifier makes of a quote, a digest over registers and values: what was booted, not this program alone.
/// </summary>
public sealed class TpmSource : HardwareSource, IDisposable
{
    /// <summary>Firmware, boot loader, kernel and their settings (PC Client Platform Firmware Profile, 3.3.4).</summary>
    public const string DefaultPcrs = "sha256:0,1,2,3,4,5,6,7,8,9,11,12,14";

    // TCG EK Credential Profile 2.1.3.1: the certificate of the RSA 2048 key.
    private const string EkCertificateIndex = "0x1c00002";

    // tpm2_activatecredential wants the two structures behind a header of its own: magic and version.
    private const uint CredentialMagic = 0xBADCC0DE;
    private const uint CredentialVersion = 1;
    private const uint QuoteMagic = 0xFF544347;
    private const ushort QuoteType = 0x8018;
    private const int ClockAndFirmware = 17 + 8;

    private readonly TpmTools _tools;
    private readonly string _pcrs;
    private readonly string _sealFolder;
    private readonly Lock _lock = new();

    /// <param name="tcti">How tpm2-tools reach the TPM.</param>
    /// <param name="pcrs">Bank <c>sha256</c> and registers in ascending order.</param>
    /// <param name="sealFolder">Where sealed files lie.</param>
    /// <param name="time">The clock for deadlines.</param>
    /// <exception cref="EvidenceSourceException">No TPM, no tools, or one that refused.</exception>
    internal TpmSource(string tcti, string pcrs, string sealFolder, TimeProvider time)
    {
        _pcrs = pcrs;
        _sealFolder = sealFolder;
        _tools = new TpmTools(tcti, time);
        try
        {
            _tools.Flush();
            _tools.Run("tpm2_createek", ["-Q", "-c", "ek.ctx", "-G", "rsa", "-u", "ek.pub"]);
            _tools.Flush();
            _tools.Run("tpm2_createak", ["-Q", "-C", "ek.ctx", "-c", "ak.ctx", "-G", "ecc", "-g", "sha256", "-s", "ecdsa", "-u", "ak.pub", "-n", "ak.name"]);
            _tools.Flush();
            EkPublic = _tools.Read("ek.pub");
            AkPublic = _tools.Read("ak.pub");
            AkName = _tools.Read("ak.name");
            EkCertificate = _tools.TryRun("tpm2_nvread", ["-Q", EkCertificateIndex, "-C", "o", "-o", "ek.crt"]) is null ? ReadOnlyMemory<byte>.Empty : _tools.Read("ek.crt");
            Measurement = SHA384.HashData(Quote(new byte[Claims.EnclaveClaims.ReportDataSize]).QuoteInfo.Span);
        }
        catch
        {
            _tools.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string Kind => EvidenceKind.Tpm;

    /// <inheritdoc/>
    public override string Origin => "TPM 2.0 at " + _tools.Tcti;

    /// <summary>TPM2B_PUBLIC of the endorsement key.</summary>
    public ReadOnlyMemory<byte> EkPublic { get; }

    /// <summary>The manufacturer's certificate of the endorsement key, DER, or empty when the TPM holds none.</summary>
    public ReadOnlyMemory<byte> EkCertificate { get; }

    /// <summary>TPM2B_PUBLIC of the attestation key.</summary>
    public ReadOnlyMemory<byte> AkPublic { get; }

    /// <summary>Name of the attestation key, which a credential is made for.</summary>
    public ReadOnlyMemory<byte> AkName { get; }

    /// <inheritdoc/>
    public override byte[] DeriveSealingKey()
    {
        lock (_lock)
        {
            return SealingKey.Derive(Kind, TpmSeal.OpenOrCreate(_tools, _pcrs, _sealFolder));
        }
    }

    /// <summary>Opens a credential (TPM2_ActivateCredential): only the TPM with both keys can, so the secret proves that the attestation key lives beside the endorsement key.</summary>
    /// <param name="idObject">TPM2B_ID_OBJECT.</param>
    /// <param name="encryptedSecret">TPM2B_ENCRYPTED_SECRET.</param>
    /// <exception cref="EvidenceSourceException">Made for other keys.</exception>
    public byte[] ActivateCredential(ReadOnlySpan<byte> idObject, ReadOnlySpan<byte> encryptedSecret)
    {
        var header = new byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(header, CredentialMagic);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), CredentialVersion);
        lock (_lock)
        {
            File.WriteAllBytes(_tools.PathOf("credential"), [.. header, .. idObject, .. encryptedSecret]);
            _tools.Run("tpm2_startauthsession", ["-Q", "--policy-session", "-S", "ek.session"]);
            try
            {
                // The endorsement key's policy: PolicySecret of the endorsement hierarchy.
                _tools.Run("tpm2_policysecret", ["-Q", "-S", "ek.session", "-c", "e"]);
                _tools.Run("tpm2_activatecredential", ["-Q", "-c", "ak.ctx", "-C", "ek.ctx", "-i", "credential", "-o", "secret", "-P", "session:ek.session"]);
                return _tools.Read("secret");
            }
            finally
            {
                _tools.Run("tpm2_flushcontext", ["ek.session"]);
                _tools.Flush();
                File.Delete(_tools.PathOf("secret"));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _tools.Dispose();

    private protected override ValueTask<EvidenceParts> ReadPartsAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellation)
    {
        var (attested, signature, pcrs, _) = Quote(reportData);
        return ValueTask.FromResult(new EvidenceParts(
            [new(EvidenceParts.Main, attested), new("signature", signature), new("ak-public", AkPublic), new("pcrs", pcrs)]));
    }

    private (ReadOnlyMemory<byte> Attested, ReadOnlyMemory<byte> Signature, ReadOnlyMemory<byte> Pcrs, ReadOnlyMemory<byte> QuoteInfo) Quote(ReadOnlyMemory<byte> qualifyingData)
    {
        lock (_lock)
        {
            _tools.Run(
                "tpm2_quote",
                ["-Q", "-c", "ak.ctx", "-l", _pcrs, "-q", Convert.ToHexStringLower(qualifyingData.Span), "-g", "sha256", "-m", "quote.bin", "-s", "quote.sig", "-o", "pcrs.bin", "-F", "values"]);
            _tools.Flush();
            var attested = _tools.Read("quote.bin");
            var values = _tools.Read("pcrs.bin");
            var info = QuoteInfoOf(attested, qualifyingData);
            var digest = Field(info, Math.Max(0, info.Length - SHA256.HashSizeInBytes), SHA256.HashSizeInBytes, "the PCR digest");
            if (!SHA256.HashData(values).AsSpan().SequenceEqual(digest.Span))
            {
                throw Fault(EvidenceSourceFault.BadAnswer, "PCR values that are not the ones quoted");
            }

            return (attested, _tools.Read("quote.sig"), PcrsJson(values), info);
        }
    }

    // TPM 2.0 Library part 2, 10.12.8: magic, type, qualifiedSigner (TPM2B), extraData (TPM2B), clock (17), firmware (8), and of a quote the selection and, last, the digest (TPM2B).
    private ReadOnlyMemory<byte> QuoteInfoOf(ReadOnlyMemory<byte> attested, ReadOnlyMemory<byte> qualifyingData)
    {
        var head = Field(attested, 0, 8, "a header").Span;
        if (BinaryPrimitives.ReadUInt32BigEndian(head) != QuoteMagic || BinaryPrimitives.ReadUInt16BigEndian(head[4..]) != QuoteType)
        {
            throw Fault(EvidenceSourceFault.BadAnswer, "a structure that is no quote");
        }

        var extra = 8 + BinaryPrimitives.ReadUInt16BigEndian(head[6..]);
        var size = BinaryPrimitives.ReadUInt16BigEndian(Field(attested, extra, 2, "extraData").Span);
        MustBind(Field(attested, extra + 2, size, "extraData"), qualifyingData);
        var start = extra + 2 + size + ClockAndFirmware;
        return Field(attested, start, Math.Max(1, attested.Length - start), "TPMS_QUOTE_INFO");
    }

    private byte[] PcrsJson(ReadOnlySpan<byte> values)
    {
        var names = _pcrs[(_pcrs.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(',');
        if (values.Length != names.Length * SHA256.HashSizeInBytes)
        {
            throw Fault(EvidenceSourceFault.BadAnswer, $"{values.Length} bytes for {names.Length} PCRs");
        }

        var pcrs = new JsonObject();
        for (var i = 0; i < names.Length; i++)
        {
            pcrs[int.Parse(names[i], CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)] = Convert.ToHexStringLower(values.Slice(i * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes));
        }

        return System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["alg"] = "sha256", ["pcrs"] = pcrs }.ToJsonString());
    }
}
