using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Certificates;

/// <summary>
/// A certificate revocation list (RFC 5280 section 5), complete and direct: delta and indirect lists carry critical extensions and are refused. Nothing about it is verified until <see cref="Check"/>.
/// </summary>
internal sealed class RevocationList
{
    /// <summary>Largest list in bytes.</summary>
    public const int MaxSize = 4 * 1024 * 1024;

    private readonly HashSet<string> _serials = new(StringComparer.Ordinal);

    private ReadOnlyMemory<byte> _tbs;
    private ReadOnlyMemory<byte> _signature;
    private SignatureAlgorithm _algorithm;

    private RevocationList()
    {
    }

    public DistinguishedName Issuer { get; private set; } = null!;

    public DateTimeOffset ThisUpdate { get; private set; }

    public DateTimeOffset NextUpdate { get; private set; }

    /// <summary>Certificates on the list.</summary>
    public int Count => _serials.Count;

    public bool Lists(Certificate certificate) => _serials.Contains(Convert.ToHexString(certificate.SerialNumber.Span));

    /// <summary>Reads a list: DER, or a single PEM block. One without nextUpdate is refused, since it would never be stale.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out RevocationList? list)
    {
        list = null;
        if (bytes.Length is 0 or > MaxSize)
        {
            return false;
        }

        if (PemText.TryReadBlocks(bytes.Span, "X509 CRL", out var blocks))
        {
            if (blocks is not [var block])
            {
                return false;
            }

            bytes = block;
        }

        try
        {
            var parsed = new RevocationList();
            if (!parsed.Read(new AsnReader(bytes, AsnEncodingRules.DER)))
            {
                return false;
            }

            list = parsed;
            return true;
        }
        catch (Exception exception) when (exception is AsnContentException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Signature, issuer and both dates. Null when it holds at that time.</summary>
    /// <param name="name">What to call the list in a fault.</param>
    /// <param name="issuer">The authority, from a chain that was verified.</param>
    /// <param name="at">The time of verification.</param>
    /// <param name="verified">Signatures known to be right, or null.</param>
    public AttestationFault? Check(string name, ListIssuer issuer, DateTimeOffset at, VerifiedSignatures? verified)
    {
        if (!Issuer.Is(issuer.Subject))
        {
            return AttestationFault.Authenticate(AttestationRefusal.CollateralMismatch, name, $"a list of {issuer.Subject}", Issuer.ToString());
        }

        var signed = issuer.MaySignLists
            && (verified?.Verify(issuer.Key, _algorithm, _tbs.Span, _signature.Span, raw: false) ?? issuer.Key.Verify(_algorithm, _tbs.Span, _signature.Span));
        return !signed ? AttestationFault.Authenticate(AttestationRefusal.BadCollateralSignature, name, $"signed by {issuer.Subject}", "another signature")
            : at < ThisUpdate ? AttestationFault.Authenticate(AttestationRefusal.NotYetValid, name, $"issued by {at:u}", $"{ThisUpdate:u}")
            : at > NextUpdate ? AttestationFault.Authenticate(AttestationRefusal.Expired, name, $"an update due after {at:u}", $"{NextUpdate:u}")
            : null;
    }

    private bool Read(AsnReader outer)
    {
        var sequence = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        _tbs = sequence.PeekEncodedValue();
        var tbs = sequence.ReadSequence();
        var outerAlgorithm = sequence.PeekEncodedValue();
        _algorithm = SignatureAlgorithms.Read(sequence);
        _signature = sequence.ReadBitString(out var unused);
        sequence.ThrowIfNotEmpty();
        if (tbs.PeekTag() == Asn1Tag.Integer && (!tbs.TryReadInt32(out var version) || version != 1))
        {
            return false;
        }

        if (unused != 0 || !tbs.ReadEncodedValue().Span.SequenceEqual(outerAlgorithm.Span))
        {
            return false;
        }

        Issuer = DistinguishedName.Read(tbs);
        ThisUpdate = DerTime.Read(tbs);
        if (!tbs.HasData || tbs.PeekTag() is not { TagClass: TagClass.Universal, TagValue: (int)UniversalTagNumber.UtcTime or (int)UniversalTagNumber.GeneralizedTime })
        {
            return false;
        }

        NextUpdate = DerTime.Read(tbs);
        if (tbs.HasData && tbs.PeekTag() == Asn1Tag.Sequence)
        {
            ReadRevoked(tbs.ReadSequence());
        }

        return HasKnownExtensions(tbs);
    }

    private void ReadRevoked(AsnReader revoked)
    {
        while (revoked.HasData)
        {
            var entry = revoked.ReadSequence();
            _ = _serials.Add(Convert.ToHexString(entry.ReadIntegerBytes().Span));
            _ = DerTime.Read(entry);

            // Reasons make no difference: listed is revoked.
            if (entry.HasData)
            {
                _ = entry.ReadSequence();
            }

            entry.ThrowIfNotEmpty();
        }
    }

    private static bool HasKnownExtensions(AsnReader tbs)
    {
        if (!tbs.HasData)
        {
            return true;
        }

        var wrapper = tbs.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true));
        var extensions = new Dictionary<string, CertificateExtension>(StringComparer.Ordinal);
        return CertificateExtensions.TryRead(wrapper, extensions) && !wrapper.HasData && !tbs.HasData
            && extensions.Values.All(extension => !extension.Critical || extension.Oid is Oids.CrlNumber or Oids.AuthorityKeyIdentifier);
    }
}
