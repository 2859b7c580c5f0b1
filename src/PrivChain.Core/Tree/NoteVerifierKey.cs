using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using PrivChain.Core.Bytes;

namespace PrivChain.Core.Tree;

/// <summary>A key that verifies note signatures: name, type and public key. Text form (vkey): <c>name+keyid+base64(type, key)</c>.</summary>
public sealed class NoteVerifierKey : IEquatable<NoteVerifierKey>
{
    // "It MUST NOT exceed 2^63 - 1" (c2sp.org/tlog-cosignature).
    internal const ulong MaxTime = long.MaxValue;

    private const int TimeSize = sizeof(ulong);
    private const int KeyIdDigits = 8;

    /// <param name="name">See <see cref="IsValidName"/>.</param>
    /// <param name="type">What the key signs.</param>
    /// <param name="publicKey">The key.</param>
    /// <exception cref="ArgumentException">The name or type is not allowed.</exception>
    public NoteVerifierKey(string name, NoteKeyType type, INotePublicKey publicKey)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        if (!IsValidName(name) || !Fits(type, publicKey) || (type == NoteKeyType.MlDsa44Cosignature && !FitsOneByte(name)))
        {
            throw new ArgumentException($"not a name and type of a note key: {name}, {type}");
        }

        Name = name;
        Type = type;
        PublicKey = publicKey;

        // key ID = SHA-256(key name || 0x0A || signature type || public key)[:4]
        var hash = Digest.OfSha256([.. Encoding.UTF8.GetBytes(name), (byte)'\n', .. Identifier(type), .. publicKey.Bytes]).ToArray();
        KeyId = BinaryPrimitives.ReadUInt32BigEndian(hash);
    }

    /// <summary>The key's name; for a log not always its origin.</summary>
    public string Name { get; }

    /// <summary>What the key signs.</summary>
    public NoteKeyType Type { get; }

    /// <summary>The key.</summary>
    public INotePublicKey PublicKey { get; }

    /// <summary>True for a key that cosigns as a witness.</summary>
    public bool IsWitness => Type is NoteKeyType.Cosignature or NoteKeyType.MlDsa44Cosignature;

    /// <summary>True for a key that signs as a log.</summary>
    public bool IsLog => Type is NoteKeyType.Ed25519 or NoteKeyType.Sm2;

    /// <summary>A short identifier, not a hash to rely on: anyone can make a key with a given id, and will fail to sign with it.</summary>
    public uint KeyId { get; }

    /// <summary>True for text without Unicode spaces, control characters and plus signs, not empty. Characters above U+FFFF are refused too: a lone half of one has no UTF-8.</summary>
    public static bool IsValidName([NotNullWhen(true)] string? name) =>
        !string.IsNullOrEmpty(name)
        && !name.Any(static c => char.IsWhiteSpace(c) || char.IsSurrogate(c) || c < ' ' || c == '+');

    /// <summary>Parses a vkey. The key id must be the one that follows from the rest.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out NoteVerifierKey? key)
    {
        key = null;
        // The third part is base64 and may contain a plus of its own.
        var parts = text?.Split('+', 3);
        if (parts is not { Length: 3 }
            || !IsValidName(parts[0])
            || parts[1].Length != KeyIdDigits
            || parts[1].AsSpan().ContainsAnyExcept("0123456789abcdef")
            || !StandardBase64.TryDecode(parts[2], out var typed)
            || typed.Length == 0
            || (NoteKeyType)typed[0] is var type && !typed.AsSpan().StartsWith(Identifier(type))
            || Read(type, typed.AsSpan(Identifier(type).Length)) is not { } publicKey
            || (type == NoteKeyType.MlDsa44Cosignature && !FitsOneByte(parts[0])))
        {
            return false;
        }

        var parsed = new NoteVerifierKey(parts[0], type, publicKey);
        if (parsed.KeyId != uint.Parse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))
        {
            return false;
        }

        key = parsed;
        return true;
    }

    /// <summary>Parses text written by our own code.</summary>
    /// <exception cref="FormatException">Not a vkey.</exception>
    public static NoteVerifierKey Parse(string text) =>
        TryParse(text, out var key) ? key : throw new FormatException("not a verifier key: wanted name+keyid+base64");

    /// <summary>The vkey.</summary>
    public override string ToString() =>
        $"{Name}+{KeyId:x8}+{StandardBase64.Encode([.. Identifier(Type), .. PublicKey.Bytes])}";

    /// <inheritdoc/>
    public bool Equals(NoteVerifierKey? other) =>
        other is not null && other.Name == Name && other.Type == Type && other.PublicKey.Equals(PublicKey);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NoteVerifierKey);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(KeyId & int.MaxValue);

    /// <summary>Verifies a signature, without the key id, over a note text. A cosignature says when it was made; other types give null.</summary>
    internal bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature, out ulong? time)
    {
        time = null;
        if (IsLog)
        {
            return PublicKey.Verify(text, signature);
        }

        if (signature.Length != TimeSize + PublicKey.SignatureLength)
        {
            return false;
        }

        var signedTime = BinaryPrimitives.ReadUInt64BigEndian(signature);
        if (signedTime > MaxTime || CosignedMessage(text, signedTime) is not { } message || !PublicKey.Verify(message, signature[TimeSize..]))
        {
            return false;
        }

        time = signedTime;
        return true;
    }

    /// <summary>What a cosignature of this key signs, or null for a text that is no checkpoint or that the message cannot hold.</summary>
    internal byte[]? CosignedMessage(ReadOnlySpan<byte> text, ulong time)
    {
        // "Ed25519 signed message": it does not name the witness, so one key serves one witness only.
        if (Type == NoteKeyType.Cosignature)
        {
            return [.. Encoding.ASCII.GetBytes($"cosignature/v1\ntime {DecimalText.Format(time)}\n"), .. text];
        }

        if (!Checkpoint.TryParse(text, out var checkpoint) || !FitsOneByte(checkpoint.Origin))
        {
            return null;
        }

        // "ML-DSA-44 signed message", the cosigned_message structure; of a checkpoint, start is zero and end its size. Extension lines are not in it.
        var name = Encoding.UTF8.GetBytes(Name);
        var origin = Encoding.UTF8.GetBytes(checkpoint.Origin);
        Span<byte> numbers = stackalloc byte[3 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(numbers, time);
        BinaryPrimitives.WriteUInt64BigEndian(numbers[(2 * sizeof(ulong))..], checkpoint.Size);
        return
        [
            .. "subtree/v1\n\0"u8, (byte)name.Length, .. name, .. numbers[..sizeof(ulong)], (byte)origin.Length, .. origin, .. numbers[sizeof(ulong)..], .. checkpoint.Root.ToArray(),
        ];
    }

    // "0xff — Reserved for signature types without assigned identifier. It SHOULD be followed by a longer identifier": ours ends in a zero byte, so that no other begins with it.
    private static byte[] Identifier(NoteKeyType type) =>
        type == NoteKeyType.Sm2 ? [(byte)type, .. Encoding.ASCII.GetBytes(Labels.Sm2Note), 0] : [(byte)type];

    private static bool Fits(NoteKeyType type, INotePublicKey key) => type switch
    {
        NoteKeyType.Ed25519 or NoteKeyType.Cosignature => key is Ed25519PublicKey,
        NoteKeyType.MlDsa44Cosignature => key is MlDsa44PublicKey,
        NoteKeyType.Sm2 => key is Sm2PublicKey,
        _ => false,
    };

    private static INotePublicKey? Read(NoteKeyType type, ReadOnlySpan<byte> bytes) => type switch
    {
        NoteKeyType.Ed25519 or NoteKeyType.Cosignature => Ed25519PublicKey.TryCreate(bytes, out var key) ? key : null,
        NoteKeyType.MlDsa44Cosignature => MlDsa44PublicKey.TryCreate(bytes, out var key) ? key : null,
        NoteKeyType.Sm2 => Sm2PublicKey.TryCreate(bytes, out var key) ? key : null,
        _ => null,
    };

    // opaque cosigner_name<1..2^8-1>, log_origin<1..2^8-1>
    private static bool FitsOneByte(string text) => Encoding.UTF8.GetByteCount(text) is > 0 and <= byte.MaxValue;
}
