using System.Text.Json.Nodes;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Tests;

/// <summary>A genuine quote of Intel's hardware among the vectors, good enough for the strictest policy at its time, and made for keys that nobody here has.</summary>
internal sealed record RealQuote(string Name, string Kind, byte[] Envelope, CollateralSet Collateral, DateTimeOffset At)
{
    /// <summary>Intel's root as a genesis names it.</summary>
    public static string Root { get; } = RootSet.Name(RootKind.Intel, VendorRoots.Of(RootKind.Intel).Single().Fingerprint.Span);

    /// <summary>What the quote says, authentic at its time.</summary>
    public AuthenticEvidence Authentic => AuthenticEvidence.Authenticate(
        ReceivedEvidence.Parse(Envelope).Value!, new AuthenticationContext(new RootSet(VendorRoots.Of(RootKind.Intel)), Collateral, At)).Value!;

    /// <summary>Every one that is there; fails when there is none.</summary>
    public static IReadOnlyList<RealQuote> All()
    {
        var quotes = new[] { EvidenceKind.Sgx, EvidenceKind.Tdx }
            .SelectMany(kind => AttestationCase.Load(kind).Where(IsGood).Select(@case => new RealQuote(
                @case.Name,
                kind,
                ReceivedEvidence.Wrap(kind, new EvidenceParts([new(EvidenceParts.Main, @case.Bytes("evidence"))])),
                new CollateralSet(@case.Roles.Select(role => (Role: role, Name: role.Replace('_', '-'))).Where(item => CollateralName.All.Contains(item.Name))
                    .Select(item => new KeyValuePair<string, ReadOnlyMemory<byte>>(item.Name, @case.Bytes(item.Role)))),
                @case.At)))
            .ToList();
        Assert.IsNotEmpty(quotes);
        return quotes;
    }

    private static bool IsGood(AttestationCase @case) =>
        @case.Result == "valid" && @case.Has("evidence") && !@case.Has("trusted_root") && @case.Expect["strict_policy"] is JsonValue strict && strict.GetValue<string>() == "accept";
}
