using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Core.Tree;

/// <summary>One signature line of a note, not verified: <c>— name base64(keyid, signature)</c>.</summary>
public sealed class NoteSignature
{
    internal const string Prefix = "— ";

    private readonly byte[] _signature;

    private NoteSignature(string name, uint keyId, byte[] signature, bool canonical, string line)
    {
        Name = name;
        KeyId = keyId;
        _signature = signature;
        IsCanonical = canonical;
        Line = line;
    }

    /// <summary>The name the line claims.</summary>
    public string Name { get; }

    /// <summary>The key id the line claims.</summary>
    public uint KeyId { get; }

    /// <summary>The line as received, with its newline.</summary>
    public string Line { get; }

    /// <summary>The signature without the key id.</summary>
    internal ReadOnlySpan<byte> Signature => _signature;

    /// <summary>
    /// False when unused bits of the base64 are set. Other implementations read such a line, so it does not make the note malformed
    /// (that would hand strangers a way to spoil a note), but no key of ours accepts it as its signature.
    /// </summary>
    internal bool IsCanonical { get; }

    /// <summary>True when name and key id are those of the key.</summary>
    public bool IsBy(NoteVerifierKey key) => KeyId == key.KeyId && Name == key.Name;

    /// <summary>Parses one line with its newline.</summary>
    internal static bool TryParse(string line, [NotNullWhen(true)] out NoteSignature? signature)
    {
        signature = null;
        if (!line.StartsWith(Prefix, StringComparison.Ordinal) || !line.EndsWith('\n'))
        {
            return false;
        }

        var parts = line[Prefix.Length..^1].Split(' ');
        if (parts.Length != 2
            || !NoteVerifierKey.IsValidName(parts[0])
            || !StandardBase64.TryDecodeLoose(parts[1], out var bytes)
            || bytes.Length <= sizeof(uint))
        {
            return false;
        }

        var canonical = StandardBase64.Encode(bytes) == parts[1];
        signature = new NoteSignature(parts[0], BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[sizeof(uint)..], canonical, line);
        return true;
    }

    internal static string Format(NoteVerifierKey key, ReadOnlySpan<byte> signature)
    {
        Span<byte> keyId = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(keyId, key.KeyId);
        return $"{Prefix}{key.Name} {StandardBase64.Encode([.. keyId, .. signature])}\n";
    }
}
