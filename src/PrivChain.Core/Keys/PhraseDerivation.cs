namespace PrivChain.Core.Keys;

/// <summary>PBKDF2-HMAC-SHA512 (RFC 8018), computed by the caller. It does not keep what it is given; the result is wiped by whom it is given to.</summary>
/// <param name="phrase">The phrase's bytes.</param>
/// <param name="salt">The salt.</param>
/// <param name="rounds">Iterations.</param>
/// <param name="size">Bytes wanted.</param>
public delegate Task<byte[]> PhraseDerivation(ReadOnlyMemory<byte> phrase, ReadOnlyMemory<byte> salt, int rounds, int size);
