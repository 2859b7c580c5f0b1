using System.Text.Encodings.Web;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Documents;

/// <summary>
/// What a worker attests about the answer to one use: which consent, code, evidence, fields, for whom, which output. A use may serve many equal queries (same consent, same
/// fields, same moment); they share one answer and one receipt. Its digest stands in the delivery entry, which the worker's session account signed. Canonical JSON (RFC 8785), members in ordinal order.
/// </summary>
public sealed record ReceiptCore
{
    /// <summary>Value of the member <c>format</c>.</summary>
    public const string Format = "privchain-receipt-core/1";

    /// <summary>Fingerprint of the key to which the citizen's copy was sealed.</summary>
    public required Digest CitizenKey { get; init; }

    /// <summary>Document digest of the consent.</summary>
    public required Digest Consent { get; init; }

    /// <summary>Digest of the contract.</summary>
    public required Digest Contract { get; init; }

    /// <summary>The institution.</summary>
    public required AccountAddress Controller { get; init; }

    /// <summary>Digest of the evidence that the session entry names.</summary>
    public required Digest Evidence { get; init; }

    /// <summary>Kind of that evidence; <c>simulated</c> is visible here.</summary>
    public required string EvidenceKind { get; init; }

    /// <summary>Fields answered, <c>record.field</c>, in ordinal order.</summary>
    public required IReadOnlyList<string> Fields { get; init; }

    /// <summary>Forms applied, one for each field.</summary>
    public required IReadOnlyList<string> Forms { get; init; }

    /// <summary>Issuers whose signatures were checked, in the order of <see cref="Records"/>.</summary>
    public required IReadOnlyList<AccountAddress> Issuers { get; init; }

    /// <summary>The ledger.</summary>
    public required Digest Ledger { get; init; }

    /// <summary>Digest of the enrolled measurement.</summary>
    public required Digest Measurement { get; init; }

    /// <summary>Commitment to the answer (<see cref="AnswerEnvelope.OutputDigest"/>).</summary>
    public required Digest Output { get; init; }

    /// <summary>Merkle root over the digests of the queries answered, the same as in the use entry.</summary>
    public required Digest Queries { get; init; }

    /// <summary>Digests of the records read.</summary>
    public required IReadOnlyList<Digest> Records { get; init; }

    /// <summary>Fingerprint of the key to which the answer was sealed.</summary>
    public required Digest RecipientKey { get; init; }

    /// <summary>Fingerprint of the worker's session key.</summary>
    public required Digest SessionKey { get; init; }

    /// <summary>Document digest of the use.</summary>
    public required Digest Use { get; init; }

    /// <summary>The worker's session account.</summary>
    public required AccountAddress Worker { get; init; }

    /// <summary>Digest of a receipt core, the <c>receipt</c> of the delivery entry.</summary>
    public static Digest DigestOf(Suite suite, ReadOnlySpan<byte> core)
    {
        ArgumentNullException.ThrowIfNull(suite);
        return suite.DigestOf(Labels.Receipt, core);
    }

    /// <summary>A length in bytes that no receipt core under this contract exceeds.</summary>
    internal static int LongestFor(PrivacyContract contract)
    {
        // Twelve digests, two accounts, two short texts and the names of all members; then a digest and an account for each record, and name and form of each field.
        const int Fixed = 2048;
        const int OfRecord = 128;
        const int OfField = 32;
        return Fixed + (contract.Records.Length * OfRecord) + contract.Shows.Sum(field => field.Name.Length + field.Form.Name.Length + OfField);
    }

    /// <summary>The canonical text.</summary>
    public byte[] ToArray()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("citizenKey", CitizenKey.ToString());
            writer.WriteString("consent", Consent.ToString());
            writer.WriteString("contract", Contract.ToString());
            writer.WriteString("controller", Controller.ToString());
            writer.WriteString("evidence", Evidence.ToString());
            writer.WriteString("evidenceKind", EvidenceKind);
            WriteAll(writer, "fields", Fields);
            writer.WriteString("format", Format);
            WriteAll(writer, "forms", Forms);
            WriteAll(writer, "issuers", Issuers.Select(issuer => issuer.ToString()));
            writer.WriteString("ledger", Ledger.ToString());
            writer.WriteString("measurement", Measurement.ToString());
            writer.WriteString("output", Output.ToString());
            writer.WriteString("queries", Queries.ToString());
            writer.WriteString("recipientKey", RecipientKey.ToString());
            WriteAll(writer, "records", Records.Select(record => record.ToString()));
            writer.WriteString("sessionKey", SessionKey.ToString());
            writer.WriteString("use", Use.ToString());
            writer.WriteString("worker", Worker.ToString());
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Parses a canonical text; any other text of the same content is refused.</summary>
    public static Verdict<ReceiptCore> Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            var core = new ReceiptCore
            {
                CitizenKey = Hash(root, "citizenKey"),
                Consent = Hash(root, "consent"),
                Contract = Hash(root, "contract"),
                Controller = AccountAddress.Parse(Text(root.GetProperty("controller"))),
                Evidence = Hash(root, "evidence"),
                EvidenceKind = Text(root.GetProperty("evidenceKind")),
                Fields = All(root, "fields", Text),
                Forms = All(root, "forms", Text),
                Issuers = All(root, "issuers", element => AccountAddress.Parse(Text(element))),
                Ledger = Hash(root, "ledger"),
                Measurement = Hash(root, "measurement"),
                Output = Hash(root, "output"),
                Queries = Hash(root, "queries"),
                RecipientKey = Hash(root, "recipientKey"),
                Records = All(root, "records", element => Digest.Parse(Text(element))),
                SessionKey = Hash(root, "sessionKey"),
                Use = Hash(root, "use"),
                Worker = AccountAddress.Parse(Text(root.GetProperty("worker"))),
            };
            return core.Fields.Count == core.Forms.Count && core.Records.Count == core.Issuers.Count
                && core.ToArray().AsSpan().SequenceEqual(text)
                    ? core
                    : Verdict<ReceiptCore>.Refuse(RefusalReason.Malformed, "receipt core is not in its canonical form");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return Verdict<ReceiptCore>.Refuse(RefusalReason.Malformed, "receipt core: " + exception.Message);
        }
    }

    private static Digest Hash(JsonElement root, string name) => Digest.Parse(Text(root.GetProperty(name)));

    private static string Text(JsonElement element) => element.GetString() ?? throw new FormatException("null where text is due");

    private static List<T> All<T>(JsonElement root, string name, Func<JsonElement, T> read) => [.. root.GetProperty(name).EnumerateArray().Select(read)];

    private static void WriteAll(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
