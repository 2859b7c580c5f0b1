namespace PrivChain.Attestation.OpenEnclave;

/// <summary>The host-verify library is absent or cannot be used. It says nothing about any evidence.</summary>
/// <param name="fault">The one reason.</param>
/// <param name="detail">What was looked for and where, or what the library said; and what to do.</param>
public sealed class HostVerifyException(HostVerifyFault fault, string detail) : Exception($"{fault}: {detail}")
{
    /// <summary>The one reason.</summary>
    public HostVerifyFault Fault => fault;
}
