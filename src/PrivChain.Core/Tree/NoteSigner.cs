using System.Buffers.Binary;

namespace PrivChain.Core.Tree;

/// <summary>
/// Signs notes under one name with one key, either as a log (type 0x01 or SM2) or as a witness (type 0x04 or 0x06), never both: an Ed25519 cosignature
/// does not commit to its signer's name. The key belongs to the caller, who disposes it.
/// </summary>
public sealed class NoteSigner
{
    private readonly INotePrivateKey _key;

    /// <param name="name">A valid key name.</param>
    /// <param name="type">What this signer may sign.</param>
    /// <param name="key">The private key; not owned.</param>
    /// <exception cref="ArgumentException">The name or type is not allowed.</exception>
    public NoteSigner(string name, NoteKeyType type, INotePrivateKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        VerifierKey = new NoteVerifierKey(name, type, key.PublicKey);
        _key = key;
    }

    /// <summary>The key that verifies what this signer signs.</summary>
    public NoteVerifierKey VerifierKey { get; }

    /// <summary>Signs a note text as a log and returns the signature line with its newline.</summary>
    /// <exception cref="InvalidOperationException">A witness key: it cosigns with a time.</exception>
    public string SignatureLine(ReadOnlySpan<byte> text)
    {
        Require(VerifierKey.IsLog);
        return NoteSignature.Format(VerifierKey, _key.Sign(text));
    }

    /// <summary>Signs a note text and returns the whole note.</summary>
    /// <exception cref="ArgumentException">The text is not allowed in a note.</exception>
    /// <exception cref="InvalidOperationException">A witness key: it cosigns with a time.</exception>
    public byte[] Sign(ReadOnlySpan<byte> text) => SignedNote.Compose(text, SignatureLine(text));

    /// <summary>Cosigns a checkpoint's text (type 0x04 or 0x06) at a time in Unix seconds and returns the signature line with its newline.</summary>
    /// <exception cref="ArgumentException">The text cannot be cosigned with this type of key.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is zero or above 2^63 - 1.</exception>
    /// <exception cref="InvalidOperationException">A log key: it signs without a time.</exception>
    public string CosignatureLine(ReadOnlySpan<byte> text, ulong time)
    {
        Require(VerifierKey.IsWitness);
        ArgumentOutOfRangeException.ThrowIfZero(time);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, NoteVerifierKey.MaxTime);
        Span<byte> timeBytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(timeBytes, time);
        var message = VerifierKey.CosignedMessage(text, time) ?? throw new ArgumentException("not a checkpoint, or an origin of more than 255 bytes", nameof(text));
        return NoteSignature.Format(VerifierKey, [.. timeBytes, .. _key.Sign(message)]);
    }

    private void Require(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"a key of type {VerifierKey.Type} does not sign this");
        }
    }
}
