using System.Buffers.Binary;

namespace PrivChain.Core.Tree;

/// <summary>
/// Signs notes under one name with one key, either as a log (type 0x01) or as a witness (type 0x04), never both: a cosignature does
/// not commit to its signer's name. The key belongs to the caller, who disposes it.
/// </summary>
public sealed class NoteSigner
{
    private readonly Ed25519Key _key;

    /// <param name="name">A valid key name.</param>
    /// <param name="type">What this signer may sign.</param>
    /// <param name="key">The private key; not owned.</param>
    /// <exception cref="ArgumentException">The name or type is not allowed.</exception>
    public NoteSigner(string name, NoteKeyType type, Ed25519Key key)
    {
        ArgumentNullException.ThrowIfNull(key);
        VerifierKey = new NoteVerifierKey(name, type, key.PublicKey);
        _key = key;
    }

    /// <summary>The key that verifies what this signer signs.</summary>
    public NoteVerifierKey VerifierKey { get; }

    /// <summary>Signs a note text (type 0x01) and returns the signature line with its newline.</summary>
    /// <exception cref="InvalidOperationException">A witness key: it cosigns with a time.</exception>
    public string SignatureLine(ReadOnlySpan<byte> text)
    {
        Require(NoteKeyType.Ed25519);
        return NoteSignature.Format(VerifierKey, _key.Sign(text));
    }

    /// <summary>Signs a note text and returns the whole note.</summary>
    /// <exception cref="ArgumentException">The text is not allowed in a note.</exception>
    /// <exception cref="InvalidOperationException">A witness key: it cosigns with a time.</exception>
    public byte[] Sign(ReadOnlySpan<byte> text) => SignedNote.Compose(text, SignatureLine(text));

    /// <summary>Cosigns a checkpoint's text (type 0x04) at a time in Unix seconds and returns the signature line with its newline.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is zero or above 2^63 - 1.</exception>
    /// <exception cref="InvalidOperationException">A log key: it signs without a time.</exception>
    public string CosignatureLine(ReadOnlySpan<byte> text, ulong time)
    {
        Require(NoteKeyType.Cosignature);
        ArgumentOutOfRangeException.ThrowIfZero(time);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, NoteVerifierKey.MaxTime);
        Span<byte> timeBytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(timeBytes, time);
        return NoteSignature.Format(VerifierKey, [.. timeBytes, .. _key.Sign(NoteVerifierKey.CosignedMessage(text, time))]);
    }

    private void Require(NoteKeyType type)
    {
        if (VerifierKey.Type != type)
        {
            throw new InvalidOperationException($"a key of type {VerifierKey.Type} does not sign as {type}");
        }
    }
}
