using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PrivChain.Core.Hpke;

/// <summary>
/// One message to one recipient: version 1 (1 byte), KEM id (2), encapsulation, ciphertext with tag. Label and context are bound as HPKE info
/// (label, zero byte, context), the first three bytes as associated data. The length of the plaintext shows: pad what must not tell.
/// </summary>
public static class SealedBox
{
    /// <summary>Bytes before the encapsulation.</summary>
    private const int HeaderSize = 3;

    private const byte Version = 1;

    /// <summary>Bytes a box adds to its plaintext.</summary>
    public static int Overhead(HpkeKem kem) => HeaderSize + Hpke.EncapsulationSize(kem) + HpkeAeads.TagSize;

    /// <summary>The KEM that a box names, or null for bytes that are no box of this version and a KEM of ours.</summary>
    public static HpkeKem? KemOf(ReadOnlySpan<byte> box) =>
        box.Length >= HeaderSize && box[0] == Version && (HpkeKem)BinaryPrimitives.ReadUInt16BigEndian(box[1..]) is var kem && Enum.IsDefined(kem) ? kem : null;

    /// <summary>Seals.</summary>
    /// <param name="recipient">Whose key.</param>
    /// <param name="label">One of our labels: printable ASCII, not empty.</param>
    /// <param name="context">What else the reader must know and agree on.</param>
    /// <param name="plaintext">Any length.</param>
    public static byte[] Seal(HpkePublicKey recipient, string label, ReadOnlySpan<byte> context, ReadOnlySpan<byte> plaintext)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        using var sender = Hpke.SetupSender(recipient, Info(label, context), out var encapsulated);
        Span<byte> header = stackalloc byte[HeaderSize];
        WriteHeader(recipient.Kem, header);
        return [.. header, .. encapsulated, .. sender.Seal(header, plaintext)];
    }

    /// <summary>The plaintext, or false for a box of another version, KEM, key, label or context, or one that was changed.</summary>
    public static bool TryOpen(
        HpkePrivateKey key,
        string label,
        ReadOnlySpan<byte> context,
        ReadOnlySpan<byte> box,
        [NotNullWhen(true)] out byte[]? plaintext)
    {
        ArgumentNullException.ThrowIfNull(key);
        plaintext = null;
        var info = Info(label, context);
        Span<byte> header = stackalloc byte[HeaderSize];
        WriteHeader(key.Kem, header);
        if (box.Length < Overhead(key.Kem) || !box.StartsWith(header))
        {
            return false;
        }

        var bodyStart = HeaderSize + Hpke.EncapsulationSize(key.Kem);
        if (!Hpke.TrySetupReceiver(key, box[HeaderSize..bodyStart], info, out var receiver))
        {
            return false;
        }

        using (receiver)
        {
            return receiver.TryOpen(header, box[bodyStart..], out plaintext);
        }
    }

    private static void WriteHeader(HpkeKem kem, Span<byte> header)
    {
        header[0] = Version;
        BinaryPrimitives.WriteUInt16BigEndian(header[1..], (ushort)kem);
    }

    private static byte[] Info(string label, ReadOnlySpan<byte> context)
    {
        ArgumentException.ThrowIfNullOrEmpty(label);

        // A zero byte inside a label would let two pairs of label and context give the same info.
        if (label.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new ArgumentException("a label is printable ASCII without spaces", nameof(label));
        }

        var info = new byte[label.Length + 1 + context.Length];
        Encoding.ASCII.GetBytes(label, info);
        context.CopyTo(info.AsSpan(label.Length + 1));
        return info;
    }
}
