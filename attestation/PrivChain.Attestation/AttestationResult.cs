using System.Diagnostics.CodeAnalysis;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation;

/// <summary>The outcome of all three steps, with what it follows from: the same evidence, collateral and time always give the same outcome.</summary>
public sealed class AttestationResult
{
    internal AttestationResult(ReadOnlyMemory<byte> evidence, AuthenticationContext context, AuthenticEvidence? authentic, AttestedEnclave? enclave, AttestationFault? fault)
    {
        EvidenceBytes = evidence;
        Context = context;
        Authentic = authentic;
        Enclave = enclave;
        Fault = fault;
    }

    /// <summary>True when <see cref="Enclave"/> is there.</summary>
    [MemberNotNullWhen(true, nameof(Enclave))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool Accepted => Enclave is not null;

    /// <summary>The bytes that were judged.</summary>
    public ReadOnlyMemory<byte> EvidenceBytes { get; }

    /// <summary>Roots, collateral and time that they were judged with.</summary>
    public AuthenticationContext Context { get; }

    /// <summary>The enclave, when accepted.</summary>
    public AttestedEnclave? Enclave { get; }

    /// <summary>What authentication found, though the policy may have refused it; null when it did not get there.</summary>
    public AuthenticEvidence? Authentic { get; }

    /// <summary>Why not.</summary>
    public AttestationFault? Fault { get; }

    /// <summary>The verdict's name (<see cref="VerdictName"/>): of the refusal, or of what was authenticated and accepted.</summary>
    public string Verdict => Fault is null ? VerdictName.Of(Authentic!.Result) : VerdictName.Of(Fault.Reason);
}
