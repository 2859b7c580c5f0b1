using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Certificates;

/// <summary>A PKCS #10 request (RFC 2986): devices publish their identity key in this form. Its self-signature proves possession and nothing more.</summary>
internal sealed record CertificationRequest(DistinguishedName Subject, PublicKey Key)
{
    /// <summary>Reads DER and verifies the self-signature.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out CertificationRequest? request)
    {
        request = null;
        if (der.Length is 0 or > Certificate.MaxSize)
        {
            return false;
        }

        try
        {
            var outer = new AsnReader(der, AsnEncodingRules.DER);
            var sequence = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var signed = sequence.PeekEncodedValue();
            var info = sequence.ReadSequence();
            var algorithm = SignatureAlgorithms.Read(sequence);
            var signature = sequence.ReadBitString(out _);
            sequence.ThrowIfNotEmpty();
            if (!info.TryReadInt32(out var version) || version != 0)
            {
                return false;
            }

            var subject = DistinguishedName.Read(info);
            if (!PublicKey.TryParse(info.ReadEncodedValue(), out var key) || !key.Verify(algorithm, signed.Span, signature))
            {
                return false;
            }

            request = new CertificationRequest(subject, key);
            return true;
        }
        catch (Exception exception) when (exception is AsnContentException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
