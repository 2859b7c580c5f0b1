using System.Text.Json.Nodes;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.EventLogs;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Intel;

/// <summary>A quote as evidence of its own, with the event log that may come along with a TD's.</summary>
internal sealed class IntelBody(string kind, IntelQuote quote, EventLog? log) : IEvidenceBody
{
    public IReadOnlyList<EvidenceField> Fields =>
        log is null ? QuoteFields.Of(quote) : [.. QuoteFields.Of(quote), new EvidenceField("ccel_events", log.Events.Count, "events of the boot log")];

    public CollateralRequest? Request => RequestOf(quote);

    /// <summary>What a quote needs; null where it does not say which platform it is from.</summary>
    public static CollateralRequest? RequestOf(IntelQuote quote) =>
        quote.Pck is { } pck ? new CollateralRequest.Intel(quote.IsTdx, Convert.ToHexString(pck.Extension.Fmspc.Span), pck.Authority) : null;

    /// <summary>What the claims of a TD will have as <see cref="Claims.EnclaveClaims.Program"/>; null for an enclave's quote.</summary>
    public byte[]? Program => quote.Td is { } td ? IntelClaims.ProgramOf(IntelClaims.TdMeasurements(td)) : null;

    public AttestationVerdict<AuthenticClaims> Authenticate(AuthenticationContext context)
    {
        var proved = IntelAuthentication.Verify(quote, context);
        if (!proved.Accepted)
        {
            return new AttestationVerdict<AuthenticClaims>(proved.Fault);
        }

        var claims = IntelClaims.Of(kind, quote, proved.Value);
        if (log is null || quote.Td is not { } td)
        {
            return new AttestationVerdict<AuthenticClaims>(claims);
        }

        return Rtmrs.Check(log, td) is { } fault
            ? new AttestationVerdict<AuthenticClaims>(fault)
            : new AttestationVerdict<AuthenticClaims>(claims with { Fields = [.. claims.Fields, Replayed()] });
    }

    private static EvidenceField Replayed()
    {
        var value = new JsonObject();
        for (var number = 0; number < TdReport.RtmrCount; number++)
        {
            value[$"rtmr{number}"] = true;
        }

        return new EvidenceField("ccel_replay_matches_rtmr", value, "registers that the log replays to");
    }
}
