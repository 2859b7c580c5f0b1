using System.Security.Cryptography;
using PrivChain.Attestation.Claims;

namespace PrivChain.Attestation;

/// <summary>What evidence has to bind for this caller. Compared in full, padding included.</summary>
public sealed class ExpectedBinding
{
    private readonly SessionBinding? _session;
    private readonly ReadOnlyMemory<byte>? _reportData;
    private readonly ReadOnlyMemory<byte>? _nonce;

    private ExpectedBinding(SessionBinding? session, ReadOnlyMemory<byte>? reportData, ReadOnlyMemory<byte>? nonce)
    {
        _session = session;
        _reportData = reportData;
        _nonce = nonce;
    }

    /// <summary>Nothing is expected: the evidence may be anybody's and of any age. A policy that requires a nonce or session binding refuses.</summary>
    public static ExpectedBinding Nothing { get; } = new(null, null, null);

    internal bool BindsSession => _session is not null || _reportData is not null;

    internal bool HasNonce => _nonce is not null || _reportData is not null || _session is { HasNonce: true };

    /// <summary>Session keys, in the place that the format has.</summary>
    public static ExpectedBinding Session(SessionBinding session) => new(session, null, null);

    /// <summary>These very bytes as report data; shorter than the format's place, the rest must be zero.</summary>
    public static ExpectedBinding ReportData(ReadOnlyMemory<byte> reportData) => new(null, reportData, null);

    /// <summary>This nonce in the format's own place for it, or at the head of report data with zeros after it where it has none.</summary>
    public static ExpectedBinding Nonce(ReadOnlyMemory<byte> nonce) => new(null, null, nonce);

    /// <summary>Compares claims with what is expected, as the last step of appraisal does; null when they fit. <see cref="Nothing"/> fits everything.</summary>
    public AttestationFault? Check(EnclaveClaims claims)
    {
        // A format without report data of its own (a TPM quote) has one place for either.
        var reportData = claims.ReportData.Length > 0 ? claims.ReportData.Span : claims.Nonce is { } own ? own.Span : default;
        if (_session is not null && (_session.Value(reportData.Length) is not { } value || !CryptographicOperations.FixedTimeEquals(value, reportData)))
        {
            return AttestationFault.Appraise(AttestationRefusal.EvidenceNotBound, "reportData", "these keys, ledger, role and nonce", "others");
        }

        if (_reportData is { } exact && !IsPadded(reportData, exact.Span))
        {
            return AttestationFault.Appraise(AttestationRefusal.EvidenceNotBound, "reportData", Convert.ToHexStringLower(exact.Span), Convert.ToHexStringLower(reportData));
        }

        if (_nonce is { } nonce && !(claims.Nonce is { } given
            ? claims.OtherNonces.Prepend(given).Any(candidate => CryptographicOperations.FixedTimeEquals(candidate.Span, nonce.Span))
            : IsPadded(reportData, nonce.Span)))
        {
            return AttestationFault.Appraise(
                AttestationRefusal.NonceMismatch, "nonce", Convert.ToHexStringLower(nonce.Span), Convert.ToHexStringLower(claims.Nonce is { } other ? other.Span : reportData));
        }

        return null;
    }

    private static bool IsPadded(ReadOnlySpan<byte> place, ReadOnlySpan<byte> value) =>
        place.Length >= value.Length && place.Length > 0 && CryptographicOperations.FixedTimeEquals(place[..value.Length], value) && !place[value.Length..].ContainsAnyExcept((byte)0);
}
