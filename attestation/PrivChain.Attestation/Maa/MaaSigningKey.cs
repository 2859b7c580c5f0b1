using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using PrivChain.Attestation.Bytes;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Jose;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Maa;

/// <summary>
/// A signing key of an Azure Attestation instance. A key that the service's own SGX enclave holds has a self-signed certificate with the enclave's quote: id and report data are the SHA-256 of the key as PEM text with a
/// zero byte, so that whoever verifies the quote knows that the key was made inside.
/// </summary>
public sealed class MaaSigningKey
{
    /// <summary>Extension with the quote.</summary>
    public const string QuoteExtension = "1.2.840.113556.10.1.1";

    private const int ReportHeaderSize = 16;
    private const int MrEnclaveOffset = 112;
    private const int MrEnclaveSize = 32;
    private const int ReportDataOffset = 368;
    private const int ReportDataSize = 64;

    private readonly JsonWebKey _key;

    internal MaaSigningKey(JsonWebKey key)
    {
        _key = key;
        Quote = key.Certificates.Count > 0 && key.Certificates[0].Extension(QuoteExtension) is { } extension ? QuoteIn(extension.Value) : default;
    }

    /// <summary>The id by which tokens name it.</summary>
    public string KeyId => _key.KeyId;

    /// <summary>What it is, such as <c>RSA 2048</c>.</summary>
    public string Algorithm => _key.Key.Name;

    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo => _key.Key.SubjectPublicKeyInfo;

    /// <summary>Subjects of its certificates, leaf first, or none.</summary>
    public IReadOnlyList<string> Subjects => [.. _key.Certificates.Select(certificate => certificate.Subject.ToString())];

    /// <summary>Its certificates, DER, leaf first, or none.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates => [.. _key.Certificates.Select(certificate => certificate.Der)];

    /// <summary>End of its own certificate, or null.</summary>
    public DateTimeOffset? NotAfter => _key.Certificates.Count > 0 ? _key.Certificates[0].NotAfter : null;

    /// <summary>The SGX quote of the enclave that says that it holds the key, or empty. Not verified.</summary>
    public ReadOnlyMemory<byte> Quote { get; }

    /// <summary>MRENCLAVE as the quote writes it, or empty. Not verified.</summary>
    public ReadOnlyMemory<byte> QuotedMrEnclave => Field(MrEnclaveOffset, MrEnclaveSize);

    /// <summary>True when key id and the quote's report data are this key's digest. It means something once <see cref="AuthenticateQuote"/> accepts.</summary>
    public bool IsBoundToQuote
    {
        get
        {
            var digest = SHA256.HashData(Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", SubjectPublicKeyInfo.Span) + "\n\0"));
            var reportData = Field(ReportDataOffset, ReportDataSize).Span;
            return reportData.StartsWith(digest) && !reportData[digest.Length..].ContainsAnyExcept((byte)0) && KeyId == Convert.ToBase64String(digest);
        }
    }

    /// <summary>This key as a root for one issuer. The caller says by it that the set is that instance's: fetched from its own address, or verified by its quote.</summary>
    /// <param name="issuer">The claim <c>iss</c>.</param>
    /// <param name="policyHash">The claim <c>x-ms-policy-hash</c> that is wanted, or null for any.</param>
    public TrustAnchor ToAnchor(string issuer, string? policyHash = null) => TrustAnchor.FromKey(RootKind.Maa, _key.Key, KeyId).ForIssuer(issuer, policyHash);

    /// <summary>Verifies its certificates up to a root of the caller (<see cref="RootKind.Maa"/>).</summary>
    /// <returns>The fault, or null when the chain holds at that time.</returns>
    public AttestationFault? VerifyChain(RootSet roots, DateTimeOffset at)
    {
        var rules = new ChainRules { Field = "x5c", Root = RootKind.Maa, Roots = new RootSet(roots.Of(RootKind.Maa).Select(root => root.WithoutIssuer())), At = at };
        return _key.Certificates.Count == 0
            ? AttestationFault.Authenticate(AttestationRefusal.IncompleteChain, "x5c", "a certificate", "none")
            : ChainBuilder.Verify(_key.Certificates[0], _key.Certificates.Skip(1), rules).Fault;
    }

    /// <summary>Verifies the quote and that it binds this key. What the enclave is has still to be judged: its claims are in the result.</summary>
    /// <param name="context">Roots and collateral of Intel, and the time.</param>
    public AttestationVerdict<AuthenticEvidence> AuthenticateQuote(AuthenticationContext context)
    {
        if (Quote.IsEmpty)
        {
            return Refuse(AttestationRefusal.MissingEvidence, "certificate", "an SGX quote", "none");
        }

        if (!IsBoundToQuote)
        {
            return Refuse(AttestationRefusal.BindingMismatch, "reportData", "the digest of this key", "another");
        }

        var received = ReceivedEvidence.Parse(EvidenceKind.Sgx, EvidenceParts.Of(Quote));
        return received.Accepted ? AuthenticEvidence.Authenticate(received.Value, context) : new AttestationVerdict<AuthenticEvidence>(received.Fault);
    }

    private static ReadOnlyMemory<byte> QuoteIn(ReadOnlyMemory<byte> extension)
    {
        // An OCTET STRING in the extension's own (old certificates), or Open Enclave's report header: version 1, type 2 (remote), then the size of what follows.
        if (AsnDecoder.TryReadPrimitiveOctetString(extension.Span, AsnEncodingRules.DER, out var content, out var consumed) && consumed == extension.Length)
        {
            extension = content.ToArray();
        }

        var reader = new ByteReader(extension.Span);
        return reader.UInt32LittleEndian() == 1 && reader.UInt32LittleEndian() == 2 && reader.UInt64LittleEndian() == (ulong)reader.Remaining ? extension[ReportHeaderSize..] : extension;
    }

    private ReadOnlyMemory<byte> Field(int offset, int size) => Quote.Length >= offset + size ? Quote.Slice(offset, size) : default;

    private static AttestationVerdict<AuthenticEvidence> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Authenticate(reason, field, wanted, given));
}
