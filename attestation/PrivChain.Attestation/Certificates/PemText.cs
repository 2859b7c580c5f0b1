using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;

namespace PrivChain.Attestation.Certificates;

/// <summary>Certificates as they are handed around: DER, one after the other, or text with PEM blocks (RFC 7468). Zero bytes at the end of text, which quotes add, are dropped; behind DER they are left over.</summary>
internal static class PemText
{
    private const int MaxCertificates = 16;
    private const string CertificateLabel = "CERTIFICATE";
    private const byte DerSequence = 0x30;
    private const char ByteOrderMark = '\ufeff';

    private static ReadOnlySpan<byte> Begin => "-----BEGIN "u8;

    /// <summary>True for text with blocks: what begins as DER is never searched for any, whatever a name in it says.</summary>
    public static bool IsPem(ReadOnlySpan<byte> bytes) => bytes is not [DerSequence, ..] && bytes.IndexOf(Begin) >= 0;

    /// <summary>The DER of each certificate, in order. False when there is none, too many, or a block that is none.</summary>
    public static bool TryReadCertificates(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out IReadOnlyList<ReadOnlyMemory<byte>>? certificates) =>
        IsPem(bytes.Span) ? TryReadBlocks(bytes.Span, CertificateLabel, out certificates) : TryReadDer(bytes, out certificates);

    private static bool TryReadDer(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out IReadOnlyList<ReadOnlyMemory<byte>>? certificates)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        while (bytes.Length > 0 && found.Count < MaxCertificates && AsnDecoder.TryReadEncodedValue(bytes.Span, AsnEncodingRules.DER, out _, out _, out _, out var consumed))
        {
            found.Add(bytes[..consumed]);
            bytes = bytes[consumed..];
        }

        certificates = bytes.Length == 0 && found.Count > 0 ? found : null;
        return certificates is not null;
    }

    /// <summary>True when there is nothing but PEM blocks and white space, and zero bytes at the end: where a format has a place for a chain, text in it that nobody signed is left over.</summary>
    public static bool IsOnlyBlocks(ReadOnlySpan<byte> bytes)
    {
        if (CountBlocks(bytes) is null)
        {
            return false;
        }

        var text = Encoding.UTF8.GetString(bytes.TrimEnd((byte)0)).AsSpan();
        var found = false;
        while (PemEncoding.TryFind(text, out var fields))
        {
            if (!text[..fields.Location.Start.Value].IsWhiteSpace())
            {
                return false;
            }

            found = true;
            text = text[fields.Location.End..];
        }

        return found && text.IsWhiteSpace();
    }

    /// <summary>The content of each PEM block of one label. Text between blocks is skipped; a block of another label is a failure.</summary>
    public static bool TryReadBlocks(ReadOnlySpan<byte> bytes, string label, [NotNullWhen(true)] out IReadOnlyList<ReadOnlyMemory<byte>>? blocks)
    {
        blocks = null;
        if (CountBlocks(bytes) is not { } begun)
        {
            return false;
        }

        // Editors put a byte order mark in front, and the platform finds no block right behind it.
        var text = Encoding.UTF8.GetString(bytes.TrimEnd((byte)0)).AsSpan().TrimStart(ByteOrderMark);
        var found = new List<ReadOnlyMemory<byte>>();
        while (PemEncoding.TryFind(text, out var fields))
        {
            if (!text[fields.Label].SequenceEqual(label))
            {
                return false;
            }

            var content = new byte[fields.DecodedDataLength];
            if (!Convert.TryFromBase64Chars(text[fields.Base64Data], content, out var written) || written != content.Length)
            {
                return false;
            }

            found.Add(content);
            text = text[fields.Location.End..];
        }

        // A block that was begun and could not be read, wherever it stands, is a broken chain, not a shorter one.
        blocks = found.Count == begun ? found : null;
        return blocks is not null;
    }

    // Null for none and for more than a chain has: the platform looks for the end of each block through all that follows, so text full of beginnings would be read as often.
    private static int? CountBlocks(ReadOnlySpan<byte> bytes) => IsPem(bytes) && bytes.Count(Begin) is var begun and <= MaxCertificates ? begun : null;
}
