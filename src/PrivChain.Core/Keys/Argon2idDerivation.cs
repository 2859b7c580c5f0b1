namespace PrivChain.Core.Keys;

/// <summary>Argon2id version 1.3 (RFC 9106), computed by the caller. It does not keep what it is given; the result is wiped by whom it is given to.</summary>
/// <param name="passphrase">The passphrase's bytes.</param>
/// <param name="salt">The salt.</param>
/// <param name="cost">The cost.</param>
/// <param name="size">Bytes wanted.</param>
public delegate Task<byte[]> Argon2idDerivation(ReadOnlyMemory<byte> passphrase, ReadOnlyMemory<byte> salt, Argon2idParameters cost, int size);
