using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Attestation.OpenEnclave;

/// <summary>The library's answer about one piece of evidence: its claims, or why not.</summary>
public sealed class HostVerification
{
    internal HostVerification(string result, HostVerifiedClaims claims) => (ResultName, Claims) = (result, claims);

    internal HostVerification(string result, AttestationFault fault) => (ResultName, Fault) = (result, fault);

    /// <summary>True when the library found it genuine. Look at <see cref="HostVerifiedClaims.Result"/> too: debug enclaves and platforms that are not up to date are genuine.</summary>
    [MemberNotNullWhen(true, nameof(Claims))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool Genuine => Claims is not null;

    /// <summary>What it says, or null.</summary>
    public HostVerifiedClaims? Claims { get; }

    /// <summary>Why not, in our words, or null. The library's results are coarse: <c>OE_VERIFY_FAILED</c> is <see cref="AttestationRefusal.BadSignature"/>, whatever the cause was.</summary>
    public AttestationFault? Fault { get; }

    /// <summary>Name and number of the <c>oe_result_t</c>, such as <c>OE_OK (0)</c>.</summary>
    public string ResultName { get; }
}
