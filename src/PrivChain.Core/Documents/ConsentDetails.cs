using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;
using PrivChain.Core.TypedData;

namespace PrivChain.Core.Documents;

/// <summary>
/// What the parties of a consent read and the ledger does not: it stands there only as this struct's EIP-712 hash, made unguessable by the salt.
/// The wallet shows every member to the person who signs.
/// </summary>
public sealed record ConsentDetails
{
    /// <summary>Most fields, records or brokers in one consent.</summary>
    public const int MaxItems = 256;

    private const byte LayoutVersion = 1;
    private const int MaxText = 1024;

    private static readonly EncodedType _type = new(
        "ConsentDetails(string controllerName,string title,string purpose,string[] fields,bytes32[] records,bytes32 recipientKey,bytes32 citizenKey,bytes32 keyPackage,address[] brokers,uint32 threshold,bytes32 request,bytes32 salt)");

    /// <summary>The institution's name as its certificate or profile has it.</summary>
    public required string ControllerName { get; init; }

    /// <summary>Title of the contract in the language the person read.</summary>
    public required string Title { get; init; }

    /// <summary>Purpose term, such as <c>dpv:CreditChecking</c>.</summary>
    public required string Purpose { get; init; }

    /// <summary>The fields consented to, as <c>record.field</c> in ordinal order: the contract's, less the optional ones left out.</summary>
    public required IReadOnlyList<string> Fields { get; init; }

    /// <summary>Digests of the records the fields are read from, in the order of the contract's <c>records</c>.</summary>
    public required IReadOnlyList<Digest> Records { get; init; }

    /// <summary>Fingerprint of the institution's HPKE key: answers are sealed to it and to no other.</summary>
    public required Digest RecipientKey { get; init; }

    /// <summary>Fingerprint of the citizen's HPKE key, to which the copy of each answer is sealed.</summary>
    public required Digest CitizenKey { get; init; }

    /// <summary>Digest over the key boxes for the brokers (<see cref="ConsentPackage.KeyBoxesDigest"/>).</summary>
    public required Digest KeyPackage { get; init; }

    /// <summary>Accounts of the brokers that got a box.</summary>
    public required IReadOnlyList<AccountAddress> Brokers { get; init; }

    /// <summary>How many brokers must release.</summary>
    public required uint Threshold { get; init; }

    /// <summary>Digest of the request this answers, or zero.</summary>
    public Digest Request { get; init; }

    /// <summary>32 random bytes.</summary>
    public required Digest Salt { get; init; }

    /// <summary>EIP-712 hashStruct, the <c>details</c> of the consent entry.</summary>
    public Digest StructHash(Suite suite) => _type.Hash(
        suite,
        TypedDataHash.String(suite, ControllerName),
        TypedDataHash.String(suite, Title),
        TypedDataHash.String(suite, Purpose),
        TypedDataHash.Array(suite, [.. Fields.Select(field => TypedDataHash.String(suite, field))]),
        TypedDataHash.Array(suite, [.. Records]),
        RecipientKey,
        CitizenKey,
        KeyPackage,
        TypedDataHash.Array(suite, [.. Brokers.Select(TypedDataHash.Word)]),
        TypedDataHash.Word((ulong)Threshold),
        Request,
        Salt);

    /// <summary>The binary form that travels sealed to brokers and institution (schemas/README.md, "Consent details").</summary>
    public byte[] ToArray()
    {
        var writer = new RecordWriter().Byte(LayoutVersion).Text(ControllerName).Text(Title).Text(Purpose).UInt16((ushort)Fields.Count);
        foreach (var field in Fields)
        {
            writer.Text(field);
        }

        writer.UInt16((ushort)Records.Count);
        foreach (var record in Records)
        {
            writer.Digest(record);
        }

        writer.Digest(RecipientKey).Digest(CitizenKey).Digest(KeyPackage).UInt16((ushort)Brokers.Count);
        foreach (var broker in Brokers)
        {
            writer.Address(broker);
        }

        return writer.UInt32(Threshold).Digest(Request).Digest(Salt).ToArray();
    }

    /// <summary>Parses the binary form; fields must be in ordinal order without repetition.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ConsentDetails? details)
    {
        details = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var controllerName = reader.Text(MaxText);
        var title = reader.Text(MaxText);
        var purpose = reader.Text(MaxText);
        var fields = new List<string>();
        for (var count = Count(ref reader); fields.Count < count && !reader.Failed;)
        {
            fields.Add(reader.Text(MaxText));
        }

        var records = new List<Digest>();
        for (var count = Count(ref reader); records.Count < count && !reader.Failed;)
        {
            records.Add(reader.Digest());
        }

        var recipientKey = reader.Digest();
        var citizenKey = reader.Digest();
        var keyPackage = reader.Digest();
        var brokers = new List<AccountAddress>();
        for (var count = Count(ref reader); brokers.Count < count && !reader.Failed;)
        {
            brokers.Add(reader.Address());
        }

        var threshold = reader.UInt32();
        var request = reader.Digest();
        var salt = reader.Digest();
        if (!reader.Complete || version != LayoutVersion || threshold == 0 || threshold > brokers.Count || !StrictlyAscending(fields))
        {
            return false;
        }

        details = new ConsentDetails
        {
            ControllerName = controllerName,
            Title = title,
            Purpose = purpose,
            Fields = fields,
            Records = records,
            RecipientKey = recipientKey,
            CitizenKey = citizenKey,
            KeyPackage = keyPackage,
            Brokers = brokers,
            Threshold = threshold,
            Request = request,
            Salt = salt,
        };
        return true;
    }

    private static int Count(ref RecordReader reader)
    {
        var count = reader.UInt16();
        if (count > MaxItems)
        {
            reader.Refuse();
        }

        return count;
    }

    private static bool StrictlyAscending(List<string> texts)
    {
        for (var i = 1; i < texts.Count; i++)
        {
            if (string.CompareOrdinal(texts[i - 1], texts[i]) >= 0)
            {
                return false;
            }
        }

        return true;
    }
}
