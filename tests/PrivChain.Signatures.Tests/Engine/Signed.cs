namespace PrivChain.Signatures.Tests.Engine;

/// <summary>A key, a digest, a signature, and whether they belong together.</summary>
internal sealed record Signed(byte[] Key, byte[] Digest, byte[] Signature, bool Valid, string Name);
