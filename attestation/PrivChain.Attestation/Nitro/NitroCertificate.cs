using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Nitro;

/// <summary>
/// A TLS certificate that carries a Nitro document as hexadecimal digits in the first label of a DNS name of its subjectAltName (Evervault's form). The certificate's own signature proves nothing here: the document is
/// verified like any other, and the certificate belongs to the enclave only when its key is in the document's signed part.
/// </summary>
public sealed class NitroCertificate
{
    // Far longer than a label of a real DNS name (63).
    private const int MinDigits = 1000;

    private static readonly Asn1Tag _dnsName = new(TagClass.ContextSpecific, 2);

    private NitroCertificate(byte[] document, IReadOnlyList<string> boundIn)
    {
        Document = document;
        KeyBoundIn = boundIn;
    }

    /// <summary>The document, to be verified as <see cref="EvidenceKind.Nitro"/>.</summary>
    public ReadOnlyMemory<byte> Document { get; }

    /// <summary>Fields of the document that equal the certificate's SubjectPublicKeyInfo (<c>public_key</c>, <c>user_data</c>, <c>nonce</c>). Empty: the certificate is not bound, whatever the document proves.</summary>
    public IReadOnlyList<string> KeyBoundIn { get; }

    /// <summary>Reads a certificate, DER or PEM (of several, the first: servers send their own first). False when it is none, or does not carry exactly one document.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out NitroCertificate? carrier)
    {
        carrier = null;
        if (!CertificateList.TryParse(bytes, out var certificates) || certificates[0] is not { } certificate || certificate.Extension(Oids.SubjectAltName) is not { } names || DocumentIn(names.Value) is not { } document)
        {
            return false;
        }

        var parsed = ReceivedEvidence.Parse(EvidenceKind.Nitro, EvidenceParts.Of(document));
        if (!parsed.Accepted)
        {
            return false;
        }

        var key = Convert.ToHexStringLower(certificate.Key.SubjectPublicKeyInfo.Span);
        var boundIn = parsed.Value.Fields.Where(field => field.Name is "public_key" or "user_data" or "nonce" && field.Value?.GetValue<string>() == key).Select(field => field.Name);
        carrier = new NitroCertificate(document, [.. boundIn]);
        return true;
    }

    private static byte[]? DocumentIn(ReadOnlyMemory<byte> subjectAltName)
    {
        byte[]? found = null;
        try
        {
            var names = new AsnReader(subjectAltName, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                if (names.PeekTag() != _dnsName)
                {
                    _ = names.ReadEncodedValue();
                    continue;
                }

                var label = names.ReadCharacterString(UniversalTagNumber.IA5String, _dnsName).Split('.')[0];
                var bytes = new byte[label.Length / 2];
                if (label.Length < MinDigits || label.Length % 2 != 0 || Convert.FromHexString(label, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
                {
                    continue;
                }

                // Two documents: which one is meant would depend on the reader.
                if (found is not null)
                {
                    return null;
                }

                found = bytes;
            }

            return found;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}
