using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Ledger;

/// <summary>
/// One ledger entry as received: parsed, nothing verified. The layout is fixed for each suite: 204 bytes, or 236 in the national one, big-endian (schemas/README.md, "Entry").
/// <see cref="AuthenticEntry"/> is the same after its signature was checked.
/// </summary>
public sealed record Entry
{
    /// <summary>Bytes before the signature.</summary>
    public const int DocumentSize = 139;

    /// <summary>Length in bytes of every entry of the international suite.</summary>
    public const int Size = DocumentSize + Secp256k1Signature.Size;

    /// <summary>The algorithms by which it is hashed and signed.</summary>
    public Suite Suite { get; init; } = Suite.International;

    /// <summary>What the entry does.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>Role, for enrol and expel; otherwise <see cref="LedgerRole.None"/>.</summary>
    public LedgerRole Role { get; init; }

    /// <summary>Unix time in milliseconds, set by the sequencer and not signed; zero in an entry that was not appended yet.</summary>
    public ulong Time { get; init; }

    /// <summary>The account that signed.</summary>
    public required AccountAddress Signer { get; init; }

    /// <summary>The other party: enrolled account, holder of a record, controller of a consent, worker of a session or use.</summary>
    public AccountAddress Party { get; init; }

    /// <summary>What the entry is about: contract, record, consent, use, key fingerprint or measurement.</summary>
    public Digest Reference { get; init; }

    /// <summary>Hash of what only the parties may read, or digest of a public document, by kind.</summary>
    public Digest Details { get; init; }

    /// <summary>Unix seconds from which it is valid.</summary>
    public ulong NotBefore { get; init; }

    /// <summary>Unix seconds until which it is valid, inclusive; for a publication, the longest validity of a consent in seconds.</summary>
    public ulong NotAfter { get; init; }

    /// <summary>Uses granted, allowed or spent.</summary>
    public uint Count { get; init; }

    /// <summary>Points for one use, or points credited by an enrolment.</summary>
    public uint Price { get; init; }

    /// <summary>EIP-712 signature by <see cref="Signer"/> over <see cref="DocumentDigest"/>.</summary>
    public AccountSignature Signature { get; init; }

    /// <summary>Digest of the signed document: its EIP-712 struct hash. It does not depend on time or signature.</summary>
    public Digest DocumentDigest => EntryDocuments.StructHash(this);

    /// <summary>Parses exactly one entry of either suite; unknown versions, kinds and roles, ill-formed signatures and values in fields that the kind does not sign are refused.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Entry? entry)
    {
        entry = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var kind = (EntryKind)reader.Byte();
        var role = (LedgerRole)reader.Byte();
        var time = reader.UInt64();
        var signer = reader.Address();
        var party = reader.Address();
        var reference = reader.Digest();
        var details = reader.Digest();
        var notBefore = reader.UInt64();
        var notAfter = reader.UInt64();
        var count = reader.UInt32();
        var price = reader.UInt32();
        var suite = Suite.OfEntry(version);
        var signatureBytes = reader.Take(suite?.SignatureSize ?? 0);

        if (!reader.Complete || suite is null
            || kind is < EntryKind.Enrol or > EntryKind.Erase
            || role > LedgerRole.App
            || !AccountSignature.TryParse(suite, signatureBytes, out var signature))
        {
            return false;
        }

        var parsed = new Entry
        {
            Suite = suite,
            Kind = kind,
            Role = role,
            Time = time,
            Signer = signer,
            Party = party,
            Reference = reference,
            Details = details,
            NotBefore = notBefore,
            NotAfter = notAfter,
            Count = count,
            Price = price,
            Signature = signature,
        };
        if (!EntryDocuments.UnsignedFieldsAreZero(parsed))
        {
            return false;
        }

        entry = parsed;
        return true;
    }

    /// <summary>The bytes.</summary>
    public byte[] ToArray() => new RecordWriter()
        .Byte(Suite.EntryVersion)
        .Byte((byte)Kind)
        .Byte((byte)Role)
        .UInt64(Time)
        .Address(Signer)
        .Address(Party)
        .Digest(Reference)
        .Digest(Details)
        .UInt64(NotBefore)
        .UInt64(NotAfter)
        .UInt32(Count)
        .UInt32(Price)
        .Raw(Signature.ToArray())
        .ToArray();
}
