namespace PrivChain.Attestation.Sources;

/// <summary>A device that gives no evidence or key: the enclave cannot go on, and there is nothing to fall back to.</summary>
/// <param name="fault">The one reason.</param>
/// <param name="source">The source's name.</param>
/// <param name="detail">What happened, for an operator; no secrets.</param>
/// <param name="inner">The exception underneath, or null.</param>
public sealed class EvidenceSourceException(EvidenceSourceFault fault, string source, string detail, Exception? inner = null) : Exception($"{source}: {fault}: {detail}", inner)
{
    /// <summary>The one reason.</summary>
    public EvidenceSourceFault Fault => fault;
}
