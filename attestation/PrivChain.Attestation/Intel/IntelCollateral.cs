using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Intel;

/// <summary>Collateral for one platform, verified: only <see cref="Verify"/> makes one. Order: form, chain and signatures, times, revocation, then whether it is for this platform and TEE.</summary>
internal sealed class IntelCollateral
{
    private static readonly string[] _wanted = [CollateralName.TcbInfo, CollateralName.QeIdentity, CollateralName.TcbSigningChain, CollateralName.RootCaCrl, CollateralName.PckCrl];

    private IntelCollateral(Items items, DateTimeOffset holdsUntil)
    {
        TcbInfo = items.TcbInfo.Value;
        QeIdentity = items.QeIdentity.Value;
        ValidFrom = Latest(TcbInfo.IssueDate, QeIdentity.IssueDate, items.PckCrl.ThisUpdate, items.RootCrl.ThisUpdate);
        ValidTo = Earliest(TcbInfo.NextUpdate, QeIdentity.NextUpdate, items.PckCrl.NextUpdate, items.RootCrl.NextUpdate);
        HoldsUntil = Earliest(ValidTo, holdsUntil);

        // The root's list is issued once a year and says little about how old the news of this platform are.
        IssuedAt = Earliest(TcbInfo.IssueDate, QeIdentity.IssueDate, items.PckCrl.ThisUpdate);
    }

    public TcbInfo TcbInfo { get; }

    public QeIdentity QeIdentity { get; }

    /// <summary>When the newest item was issued.</summary>
    public DateTimeOffset ValidFrom { get; }

    /// <summary>When the first item is due to be replaced.</summary>
    public DateTimeOffset ValidTo { get; }

    /// <summary>The same, ends of certificates included.</summary>
    public DateTimeOffset HoldsUntil { get; }

    /// <summary>When the oldest item was issued, the root's list aside.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>True when none of what a verdict on the platform needs was given.</summary>
    public static bool IsAbsent(CollateralSet set) => !_wanted.Any(set.Has) && !set.Has(CollateralName.PckCrlIssuerChain);

    /// <summary>Verifies what was given for a platform whose PCK chain was verified.</summary>
    public static AttestationVerdict<IntelCollateral> Verify(AuthenticationContext context, VerifiedChain pckChain, PckExtension platform, bool tdx)
    {
        var items = context.Verified?.FormOf<Items>(context.Collateral.Digest);
        if (items is null && Items.Read(context.Collateral, out items) is { } unread)
        {
            return new AttestationVerdict<IntelCollateral>(unread);
        }

        var signing = IntelChain.VerifyTcbSigning(items.TcbSigningChain, context);
        if (!signing.Accepted)
        {
            return new AttestationVerdict<IntelCollateral>(AsCollateral(signing.Fault));
        }

        var holdsUntil = pckChain.HoldsUntil;
        var fault = (signing.Value.Anchor == pckChain.Anchor ? null : Fault(AttestationRefusal.CollateralMismatch, "tcbSigningChain", $"the root of the PCK chain, {pckChain.Root.Name}", signing.Value.Root.Name))
            ?? Signature(CollateralName.TcbInfo, items.TcbInfo.Signed, items.TcbInfo.Signature, signing.Value.Leaf.Key, context)
            ?? Signature(CollateralName.QeIdentity, items.QeIdentity.Signed, items.QeIdentity.Signature, signing.Value.Leaf.Key, context)
            ?? Times(CollateralName.TcbInfo, items.TcbInfo.Value.IssueDate, items.TcbInfo.Value.NextUpdate, context.At)
            ?? Times(CollateralName.QeIdentity, items.QeIdentity.Value.IssueDate, items.QeIdentity.Value.NextUpdate, context.At)
            ?? Revocation(items, pckChain, signing.Value, context, ref holdsUntil)
            ?? Platform(items, platform, tdx);
        if (fault is not null)
        {
            return new AttestationVerdict<IntelCollateral>(fault);
        }

        // What the bytes say, not that they hold: chains, signatures, times and revocation are asked again each time.
        context.Verified?.KeepForm(context.Collateral.Digest, items);
        return new AttestationVerdict<IntelCollateral>(new IntelCollateral(items, holdsUntil));
    }

    private static AttestationFault? Signature(string item, ReadOnlyMemory<byte> signed, ReadOnlyMemory<byte> signature, PublicKey key, AuthenticationContext context)
    {
        var right = context.Verified?.Verify(key, SignatureAlgorithm.EcdsaSha256, signed.Span, signature.Span, raw: true) ?? key.VerifyRaw(SignatureAlgorithm.EcdsaSha256, signed.Span, signature.Span);
        return right ? null : Fault(AttestationRefusal.BadCollateralSignature, item, "signed by the TCB signing certificate", "another signature");
    }

    private static AttestationFault? Times(string item, DateTimeOffset issued, DateTimeOffset nextUpdate, DateTimeOffset at) =>
        at < issued ? Fault(AttestationRefusal.NotYetValid, item, $"issued by {at:u}", $"{issued:u}")
            : at > nextUpdate ? Fault(AttestationRefusal.Expired, item, $"an update due after {at:u}", $"{nextUpdate:u}")
            : null;

    // Leaf and authority of the PCK chain, and the TCB signing certificate: each by its issuer's list.
    private static AttestationFault? Revocation(Items items, VerifiedChain pckChain, VerifiedChain signing, AuthenticationContext context, ref DateTimeOffset holdsUntil)
    {
        var authority = pckChain.Path[1];
        if (!items.PckCrl.Issuer.Is(authority.Subject))
        {
            return Fault(AttestationRefusal.CollateralMismatch, CollateralName.PckCrl, $"a list of {authority.Subject}", items.PckCrl.Issuer.ToString());
        }

        if (!items.RootCrl.Issuer.Is(authority.Issuer))
        {
            return Fault(AttestationRefusal.CollateralMismatch, CollateralName.RootCaCrl, $"a list of {authority.Issuer}", items.RootCrl.Issuer.ToString());
        }

        RevocationList[] lists = [items.PckCrl, items.RootCrl];
        var fault = pckChain.CheckRevocation(lists, IntelChain.Rules("pckChain", context), out var pckTimes)
            ?? signing.CheckRevocation(lists, IntelChain.Rules("tcbSigningChain", context), out _)
            ?? Issuer(items, authority, context);
        holdsUntil = Earliest(holdsUntil, pckTimes.HoldsUntil, signing.HoldsUntil);
        return fault;
    }

    // The list was verified with the authority of the PCK chain itself; what came along as its issuer must not be another.
    private static AttestationFault? Issuer(Items items, Certificate authority, AuthenticationContext context)
    {
        if (items.PckCrlIssuerChain is null)
        {
            return null;
        }

        var chain = IntelChain.VerifyCrlIssuer(items.PckCrlIssuerChain, context);
        return !chain.Accepted ? AsCollateral(chain.Fault)
            : chain.Value.Leaf.Key.Fingerprint.Span.SequenceEqual(authority.Key.Fingerprint.Span) ? null
            : Fault(AttestationRefusal.CollateralMismatch, CollateralName.PckCrlIssuerChain, $"the key of {authority.Subject}", "another key");
    }

    private static AttestationFault? Platform(Items items, PckExtension platform, bool tdx)
    {
        var info = items.TcbInfo.Value;
        var id = tdx ? "TD_QE" : "QE";
        return info.IsTdx != tdx ? Fault(AttestationRefusal.CollateralMismatch, "tcbInfo.id", tdx ? "TDX" : "SGX", info.Id)
            : items.QeIdentity.Value.Id != id ? Fault(AttestationRefusal.CollateralMismatch, "enclaveIdentity.id", id, items.QeIdentity.Value.Id)
            : !info.Fmspc.Span.SequenceEqual(platform.Fmspc.Span) ? Hex("tcbInfo.fmspc", platform.Fmspc, info.Fmspc)
            : !info.PceId.Span.SequenceEqual(platform.PceId.Span) ? Hex("tcbInfo.pceId", platform.PceId, info.PceId)
            : null;

        static AttestationFault Hex(string field, ReadOnlyMemory<byte> wanted, ReadOnlyMemory<byte> given) =>
            Fault(AttestationRefusal.CollateralMismatch, field, Convert.ToHexStringLower(wanted.Span), Convert.ToHexStringLower(given.Span));
    }

    // A chain that came as collateral is collateral: a wrong signature in it says nothing about the evidence.
    private static AttestationFault AsCollateral(AttestationFault fault) => fault.Reason == AttestationRefusal.BadSignature ? fault with { Reason = AttestationRefusal.BadCollateralSignature } : fault;

    private static DateTimeOffset Earliest(params ReadOnlySpan<DateTimeOffset> times)
    {
        var earliest = times[0];
        foreach (var time in times)
        {
            earliest = time < earliest ? time : earliest;
        }

        return earliest;
    }

    private static DateTimeOffset Latest(params ReadOnlySpan<DateTimeOffset> times)
    {
        var latest = times[0];
        foreach (var time in times)
        {
            latest = time > latest ? time : latest;
        }

        return latest;
    }

    private static AttestationFault Fault(AttestationRefusal reason, string field, string wanted, string given) => AttestationFault.Authenticate(reason, field, wanted, given);

    // The items, parsed, nothing verified.
    private sealed record Items(
        SignedDocument<TcbInfo> TcbInfo,
        SignedDocument<QeIdentity> QeIdentity,
        IReadOnlyList<Certificate> TcbSigningChain,
        RevocationList RootCrl,
        RevocationList PckCrl,
        IReadOnlyList<Certificate>? PckCrlIssuerChain)
    {
        public static AttestationFault? Read(CollateralSet set, out Items items)
        {
            items = null!;
            if (Array.Find(_wanted, name => !set.Has(name)) is { } missing)
            {
                return Fault(AttestationRefusal.MissingCollateral, missing, string.Join(", ", _wanted), "not all of them");
            }

            if (!Intel.TcbInfo.TryParse(Get(CollateralName.TcbInfo), out var info, out var unread))
            {
                return Malformed(CollateralName.TcbInfo, unread);
            }

            if (!Intel.QeIdentity.TryParse(Get(CollateralName.QeIdentity), out var identity, out unread))
            {
                return Malformed(CollateralName.QeIdentity, unread);
            }

            if (!CertificateList.TryParse(Get(CollateralName.TcbSigningChain), out var signing))
            {
                return Malformed(CollateralName.TcbSigningChain, "no certificates");
            }

            if (!RevocationList.TryParse(Get(CollateralName.RootCaCrl), out var rootCrl))
            {
                return Malformed(CollateralName.RootCaCrl, "no revocation list");
            }

            if (!RevocationList.TryParse(Get(CollateralName.PckCrl), out var pckCrl))
            {
                return Malformed(CollateralName.PckCrl, "no revocation list");
            }

            IReadOnlyList<Certificate>? issuer = null;
            if (set.TryGet(CollateralName.PckCrlIssuerChain, out var issuerBytes) && !CertificateList.TryParse(issuerBytes, out issuer))
            {
                return Malformed(CollateralName.PckCrlIssuerChain, "no certificates");
            }

            items = new Items(info, identity, signing, rootCrl, pckCrl, issuer);
            return null;

            ReadOnlyMemory<byte> Get(string name) => set.TryGet(name, out var bytes) ? bytes : default;
        }

        private static AttestationFault Malformed(string item, string given) => Fault(AttestationRefusal.MalformedCollateral, item, "its form", given);
    }
}
