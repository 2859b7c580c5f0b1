using System.Security.Cryptography;
using PrivChain.Attestation.Claims;

namespace PrivChain.Attestation;

/// <summary>What evidence has to bind for this caller. Compared in full, padding included.</summary>
public sealed class ExpectedBinding
{
    private readonly SessionBinding? _session;
    private readonly ReadOnlyMemory<byte>? _reportData;
    private readonly ReadOnlyMemory<byte>? _nonce;

    private ExpectedBinding(SessionBinding? session, ReadOnlyMemory<byte>? reportData, ReadOnlyMemory<byte>? nonce, bool hasNonce)
    {
        _session = session;
        _reportData = reportData;
        _nonce = nonce;
        HasNonce = hasNonce;
    }

    /// <summary>Nothing is expected: the evidence may be anybody's and of any age. A policy that requires a nonce or session binding refuses.</summary>
    public static ExpectedBinding Nothing { get; } = new(null, null, null, hasNonce: false);

    internal bool BindsSession => _session is not null || _reportData is not null;

    internal bool HasNonce { get; }

    /// <summary>Session keys, in the place that the format has.</summary>
    public static ExpectedBinding Session(SessionBinding session) => new(session, null, null, session.HasNonce);

    /// <summary>These very bytes as report data; shorter than the format's place, the rest must be zero.</summary>
    /// <param name="reportData">At least one byte.</param>
    /// <param name="madeOfNonce">True when the asker's nonce of this very question went into these bytes. Other report data is the same each time, and a policy that requires a nonce refuses it.</param>
    /// <exception cref="ArgumentException">No bytes: report data that binds nothing, which is all zeros, would fit them.</exception>
    public static ExpectedBinding ReportData(ReadOnlyMemory<byte> reportData, bool madeOfNonce = false) => new(null, NotEmpty(reportData, nameof(reportData)), null, madeOfNonce);

    /// <summary>This nonce in the format's own place for it, or at the head of report data with zeros after it where it has none.</summary>
    /// <param name="nonce">At least one byte.</param>
    /// <exception cref="ArgumentException">No bytes: evidence that was made for nobody would fit them.</exception>
    public static ExpectedBinding Nonce(ReadOnlyMemory<byte> nonce) => new(null, null, NotEmpty(nonce, nameof(nonce)), hasNonce: true);

    /// <summary>Compares claims with what is expected, as the last step of appraisal does; null when they fit. <see cref="Nothing"/> fits everything.</summary>
    public AttestationFault? Check(EnclaveClaims claims)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> nonces = claims.Nonce is { } first ? [first, .. claims.OtherNonces] : [];

        // A format without report data of its own (a TPM quote, a token) has one place for either; a token may have several nonces in it, and each of JSON's in two alphabets.
        var bound = claims.ReportData.Length > 0 || nonces.Count == 0 ? [claims.ReportData] : nonces;
        if (_session is { } session && !bound.Any(place => session.Value(place.Length) is { } value && CryptographicOperations.FixedTimeEquals(value, place.Span)))
        {
            return AttestationFault.Appraise(AttestationRefusal.EvidenceNotBound, "reportData", "these keys, ledger, role and nonce", "others");
        }

        if (_reportData is { } exact && !bound.Any(place => IsPadded(place.Span, exact.Span)))
        {
            return AttestationFault.Appraise(AttestationRefusal.EvidenceNotBound, "reportData", Convert.ToHexStringLower(exact.Span), Convert.ToHexStringLower(bound[0].Span));
        }

        if (_nonce is { } nonce && !(nonces.Count > 0
            ? nonces.Any(candidate => CryptographicOperations.FixedTimeEquals(candidate.Span, nonce.Span))
            : IsPadded(claims.ReportData.Span, nonce.Span)))
        {
            return AttestationFault.Appraise(AttestationRefusal.NonceMismatch, "nonce", Convert.ToHexStringLower(nonce.Span), Convert.ToHexStringLower((nonces.Count > 0 ? nonces[0] : claims.ReportData).Span));
        }

        return null;
    }

    private static ReadOnlyMemory<byte> NotEmpty(ReadOnlyMemory<byte> bytes, string name) => bytes.Length > 0 ? bytes : throw new ArgumentException("wanted at least one byte", name);

    private static bool IsPadded(ReadOnlySpan<byte> place, ReadOnlySpan<byte> value) =>
        place.Length >= value.Length && place.Length > 0 && CryptographicOperations.FixedTimeEquals(place[..value.Length], value) && !place[value.Length..].ContainsAnyExcept((byte)0);
}
