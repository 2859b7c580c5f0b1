using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;

namespace PrivChain.Core.Documents;

/// <summary>Tells the institution that a consent stands, with the details behind the hash on the ledger.</summary>
/// <param name="Consent">Document digest of the consent entry.</param>
/// <param name="Details">The details.</param>
public sealed record ConsentNotice(Digest Consent, ConsentDetails Details)
{
    private const byte LayoutVersion = 1;
    private const int MaxDetails = 28 * 1024;

    /// <summary>Layout: version, consent, details block.</summary>
    public byte[] ToArray() => new RecordWriter().Byte(LayoutVersion).Digest(Consent).Block(Details.ToArray()).ToArray();

    /// <summary>Parses the layout.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ConsentNotice? notice)
    {
        notice = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var consent = reader.Digest();
        var detailsBytes = reader.Block(MaxDetails);
        if (!reader.Complete || version != LayoutVersion || !ConsentDetails.TryParse(detailsBytes, out var details))
        {
            return false;
        }

        notice = new ConsentNotice(consent, details);
        return true;
    }
}
