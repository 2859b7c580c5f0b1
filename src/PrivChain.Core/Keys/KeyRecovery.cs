namespace PrivChain.Core.Keys;

/// <summary>
/// Finds the keys that made secp256k1 signatures outside of .NET (<see cref="Secp256k1.RecoverBy"/>). All of it is public data; it is believed as the process itself is. It refuses an s above n/2 (EIP-2).
/// </summary>
/// <param name="digests">32 bytes for each item.</param>
/// <param name="signatures">64 bytes for each item: r and s, big-endian.</param>
/// <param name="odd">For each item 1 where the nonce point's y is odd, otherwise 0.</param>
/// <param name="keys">64 bytes for each item: x and y; written where a key is found.</param>
/// <param name="found">For each item what became of it, a <see cref="RecoveredKey"/>; every one is written.</param>
public delegate void KeyRecovery(Span<byte> digests, Span<byte> signatures, Span<byte> odd, Span<byte> keys, Span<byte> found);
