using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Consent;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Suites;

namespace PrivChain.Sdk.Consent;

/// <summary>A consent that was signed and not sent yet, or not acknowledged: it can be kept as bytes and sent later. Only <see cref="CitizenClient.SignConsentAsync"/> makes one.</summary>
public sealed class SignedConsent
{
    private const byte LayoutVersion = 2;

    // Does not say how old the enclaves' evidence is.
    private const byte FirstVersion = 1;
    private const int HeaderSize = 1 + AccountAddress.Size;
    private const int MaxPackage = 1024 * 1024;
    private const int MaxDetails = 28 * 1024;

    internal SignedConsent(AccountAddress institution, Entry entry, byte[] package, ConsentDetails details, ulong messageId, ulong appraisedAt)
    {
        Institution = institution;
        Entry = entry;
        Package = package;
        Details = details;
        MessageId = messageId;
        AppraisedAt = appraisedAt;
    }

    /// <summary>Who asked.</summary>
    public AccountAddress Institution { get; }

    /// <summary>Digest of the consent.</summary>
    public Digest Digest => Entry.DocumentDigest;

    /// <summary>What was agreed.</summary>
    public ConsentDetails Details { get; }

    internal Entry Entry { get; }

    internal ReadOnlyMemory<byte> Package { get; }

    internal ulong MessageId { get; }

    // Unix seconds at which the enclaves' evidence was appraised that the person read about; 0 where nobody knows.
    internal ulong AppraisedAt { get; }

    /// <summary>Layout: version, institution, entry, package block, details block, number of the request's message, u64 when the enclaves' evidence was appraised (version 1 has none).</summary>
    public byte[] ToArray() => new RecordWriter(Package.Length + MaxDetails)
        .Byte(LayoutVersion).Address(Institution).Raw(Entry.ToArray()).Block(Package.Span).Block(Details.ToArray()).UInt64(MessageId).UInt64(AppraisedAt).ToArray();

    /// <summary>Parses the layout; that the parts belong together is judged by the node and the ledger when it is sent.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedConsent? consent)
    {
        consent = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var institution = reader.Address();

        // The entry's first byte says how long it is.
        var suite = bytes.Length > HeaderSize ? Suite.OfEntry(bytes[HeaderSize]) : null;
        var entryBytes = reader.Take(suite?.EntrySize ?? 0);
        var package = reader.Block(MaxPackage);
        var detailsBytes = reader.Block(MaxDetails);
        var messageId = reader.UInt64();
        var appraisedAt = version == FirstVersion ? 0 : reader.UInt64();
        if (!reader.Complete || version is not (FirstVersion or LayoutVersion) || suite is null || !Entry.TryParse(entryBytes, out var entry) || entry.Kind != EntryKind.Grant || entry.Party != institution
            || !ConsentDetails.TryParse(detailsBytes, out var details) || details.StructHash(suite) != entry.Details)
        {
            return false;
        }

        consent = new SignedConsent(institution, entry, package.ToArray(), details, messageId, appraisedAt);
        return true;
    }
}
