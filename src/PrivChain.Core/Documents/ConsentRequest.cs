using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Documents;

/// <summary>An institution's request for consent.</summary>
public sealed record ConsentRequest
{
    private const byte LayoutVersion = 1;
    private const int MaxText = 2048;

    /// <summary>Digest of the published contract.</summary>
    public required Digest Contract { get; init; }

    /// <summary>Uses asked for, at most the contract's.</summary>
    public required uint Uses { get; init; }

    /// <summary>Validity asked for, in seconds, at most the contract's.</summary>
    public required ulong ValidSeconds { get; init; }

    /// <summary>A line to the person, in the institution's words; may be empty.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>32 random bytes.</summary>
    public required Digest Nonce { get; init; }

    /// <summary>The ledger's suite, which hashes it; not part of the layout.</summary>
    public Suite Suite { get; init; } = Suite.International;

    /// <summary>Names the request in the consent details.</summary>
    public Digest Digest => Suite.DigestOf(ToArray());

    /// <summary>Layout: version, contract, uses, seconds, message, nonce.</summary>
    public byte[] ToArray() => new RecordWriter()
        .Byte(LayoutVersion).Digest(Contract).UInt32(Uses).UInt64(ValidSeconds).Text(Message).Digest(Nonce).ToArray();

    /// <summary>Parses the layout.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ConsentRequest? request, Suite? suite = null)
    {
        request = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var parsed = new ConsentRequest
        {
            Contract = reader.Digest(),
            Uses = reader.UInt32(),
            ValidSeconds = reader.UInt64(),
            Message = reader.Text(MaxText),
            Nonce = reader.Digest(),
            Suite = suite ?? Suite.International,
        };
        if (!reader.Complete || version != LayoutVersion || parsed.Uses == 0 || parsed.ValidSeconds == 0)
        {
            return false;
        }

        request = parsed;
        return true;
    }
}
