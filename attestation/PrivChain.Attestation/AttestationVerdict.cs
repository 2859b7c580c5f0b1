using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Attestation;

/// <summary>The result of one step: the trusted thing of the next step, or the fault. Never both and never neither. Only this library makes one.</summary>
public sealed class AttestationVerdict<T>
    where T : class
{
    internal AttestationVerdict(T value) => Value = value;

    internal AttestationVerdict(AttestationFault fault) => Fault = fault;

    /// <summary>True when <see cref="Value"/> is there.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool Accepted => Value is not null;

    /// <summary>What was proved.</summary>
    public T? Value { get; }

    /// <summary>Why not.</summary>
    public AttestationFault? Fault { get; }
}
