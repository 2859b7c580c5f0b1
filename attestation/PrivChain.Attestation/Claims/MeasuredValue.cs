namespace PrivChain.Attestation.Claims;

/// <summary>One measurement among several: a register, a boot layer, a component.</summary>
/// <param name="Name">In the format's words, such as <c>rtmr0</c>, <c>pcr7</c> or <c>layer1</c>.</param>
/// <param name="Algorithm">Hash, such as <c>sha-384</c> (IANA names).</param>
/// <param name="Value">The digest.</param>
public sealed record MeasuredValue(string Name, string Algorithm, ReadOnlyMemory<byte> Value);
