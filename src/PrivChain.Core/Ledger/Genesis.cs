using System.Text.Encodings.Web;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.Tree;

namespace PrivChain.Core.Ledger;

/// <summary>
/// The constitution of one ledger. Its canonical text (RFC 8785) is fixed for ever: the SHA-256 of it, with a label, is the ledger id, which
/// is the salt of every signature, so whoever pins the id pins governors, keys, witnesses and evidence roots.
/// </summary>
public sealed record Genesis
{
    /// <summary>Value of the member <c>format</c>.</summary>
    public const string Format = "privchain-genesis/1";

    /// <summary>Largest text in bytes.</summary>
    public const int MaxSize = 64 * 1024;

    private const int MaxNames = 64;

    /// <summary>EIP-155 chain id.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>DER certificates, base64, of the authorities whose certificates organisations may bind; empty: none is accepted.</summary>
    public required IReadOnlyList<string> CertificateAuthorities { get; init; }

    /// <summary>Unix ms.</summary>
    public required ulong CreatedAt { get; init; }

    /// <summary>Roots whose evidence counts: <c>kind:key</c>, key in lower-case hex after <c>0x</c>.</summary>
    public required IReadOnlyList<string> EvidenceRoots { get; init; }

    /// <summary>How many governors must sign an enrolment.</summary>
    public required int GovernorThreshold { get; init; }

    /// <summary>Accounts of the governors.</summary>
    public required IReadOnlyList<AccountAddress> Governors { get; init; }

    /// <summary>Verifier key (C2SP signed-note vkey) of the log.</summary>
    public required string LogKey { get; init; }

    /// <summary>Verifier key of the log's SM2 signatures; only a national ledger has one.</summary>
    public string? LogKeySm2 { get; init; }

    /// <summary>Longest validity of a worker session, in seconds.</summary>
    public required ulong MaxSessionSeconds { get; init; }

    /// <summary>Lowest security version of enclaves.</summary>
    public required int MinimumSvn { get; init; }

    /// <summary>Name of the deployment, shown to people.</summary>
    public required string Name { get; init; }

    /// <summary>32 random bytes, so that two deployments never share an id.</summary>
    public required Digest Nonce { get; init; }

    /// <summary>Origin line of the checkpoints.</summary>
    public required string Origin { get; init; }

    /// <summary>How many regulators must approve a contract.</summary>
    public required int RegulatorApprovals { get; init; }

    /// <summary>Name of the cryptographic suite: <c>international</c> or <c>national</c>.</summary>
    public required string Suite { get; init; }

    /// <summary>How many witnesses must cosign a checkpoint.</summary>
    public required int WitnessQuorum { get; init; }

    /// <summary>Verifier keys (type 0x04) of the witnesses.</summary>
    public required IReadOnlyList<string> Witnesses { get; init; }

    /// <summary>The ledger id.</summary>
    public Digest LedgerId => Algorithms.DigestOf(Labels.Ledger, ToArray());

    /// <summary>What <see cref="Suite"/> names; the international suite in a genesis that <see cref="Fault"/> refuses.</summary>
    public Suites.Suite Algorithms => Suites.Suite.Find(Suite) ?? Suites.Suite.International;

    /// <summary>The domain of every signature on this ledger.</summary>
    public LedgerDomain Domain => new(LedgerId, ChainId, Algorithms);

    /// <summary>The log that this genesis names.</summary>
    /// <exception cref="FormatException">A key is not a verifier key.</exception>
    public TrustedLog Log => new(Origin, LogKeys.Select(NoteVerifierKey.Parse));

    private IEnumerable<string> LogKeys => LogKeySm2 is null ? [LogKey] : [LogKey, LogKeySm2];

    /// <summary>True for a governor.</summary>
    public bool IsGovernor(AccountAddress account) => Governors.Contains(account);

    /// <summary>Parses a canonical text; any other text of the same content is refused, and so are missing, unknown, duplicate and null members.</summary>
    public static Verdict<Genesis> Parse(ReadOnlySpan<byte> text)
    {
        if (text.Length > MaxSize)
        {
            return Verdict<Genesis>.Refuse(RefusalReason.TooLarge, $"genesis of {text.Length} bytes, at most {MaxSize}");
        }

        try
        {
            var reader = new Utf8JsonReader(text);
            using var document = JsonDocument.ParseValue(ref reader);
            var genesis = Read(document.RootElement);
            if (genesis.Fault() is { } fault)
            {
                return Verdict<Genesis>.Refuse(RefusalReason.BadSettings, fault);
            }

            // The one check that covers unknown and duplicate members, order, white space and number forms.
            return genesis.ToArray().AsSpan().SequenceEqual(text)
                ? genesis
                : Verdict<Genesis>.Refuse(RefusalReason.Malformed, "genesis is not in its canonical form");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return Verdict<Genesis>.Refuse(RefusalReason.Malformed, "genesis: " + exception.Message);
        }
    }

    /// <summary>The canonical text.</summary>
    public byte[] ToArray()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            WriteStrings(writer, "certificateAuthorities", CertificateAuthorities);
            writer.WriteNumber("chainId", ChainId);
            writer.WriteNumber("createdAt", CreatedAt);
            WriteStrings(writer, "evidenceRoots", EvidenceRoots);
            writer.WriteString("format", Format);
            writer.WriteNumber("governorThreshold", GovernorThreshold);
            WriteStrings(writer, "governors", Governors.Select(governor => governor.ToString()));
            writer.WriteString("logKey", LogKey);
            if (LogKeySm2 is not null)
            {
                writer.WriteString("logKeySm2", LogKeySm2);
            }

            writer.WriteNumber("maxSessionSeconds", MaxSessionSeconds);
            writer.WriteNumber("minimumSvn", MinimumSvn);
            writer.WriteString("name", Name);
            writer.WriteString("nonce", Nonce.ToString());
            writer.WriteString("origin", Origin);
            writer.WriteNumber("regulatorApprovals", RegulatorApprovals);
            writer.WriteString("suite", Suite);
            writer.WriteNumber("witnessQuorum", WitnessQuorum);
            WriteStrings(writer, "witnesses", Witnesses);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Every fault of the content at once, or null.</summary>
    public string? Fault()
    {
        var faults = new List<string>();
        Need(ChainId is > 0 and <= 1UL << 53, "chainId must be 1 to 2^53");
        Need(CreatedAt is > 0 and <= 1UL << 53, "createdAt must be unix ms");
        Need(Governors.Count is >= 1 and <= MaxNames && Governors.Distinct().Count() == Governors.Count, "governors must be 1 to 64 unlike accounts");
        Need(GovernorThreshold >= 1 && GovernorThreshold <= Governors.Count, "governorThreshold must be 1 to the number of governors");
        Need(RegulatorApprovals is >= 1 and <= MaxNames, "regulatorApprovals must be 1 to 64");
        Need(Witnesses.Count is >= 1 and <= MaxNames && Witnesses.Distinct().Count() == Witnesses.Count, "witnesses must be 1 to 64 unlike keys");
        Need(WitnessQuorum >= 1 && WitnessQuorum <= Witnesses.Count, "witnessQuorum must be 1 to the number of witnesses");
        Need(MaxSessionSeconds is >= 60 and <= 86_400, "maxSessionSeconds must be a minute to a day");
        Need(MinimumSvn is >= 0 and <= ushort.MaxValue, "minimumSvn must be 0 to 65535");
        Need(Suites.Suite.Find(Suite) is not null, "suite must be \"international\" or \"national\"");
        Need(EvidenceRoots.Count <= MaxNames && CertificateAuthorities.Count <= MaxNames, "at most 64 roots and 64 authorities");
        Need(IsPlain(Name) && IsPlain(Origin) && LogKeys.All(IsPlain) && Witnesses.All(IsPlain) && EvidenceRoots.All(IsPlain) && CertificateAuthorities.All(IsPlain),
            "texts must be non-empty printable ASCII");
        Need(NoteVerifierKey.TryParse(LogKey, out var logKey) && logKey.Type == NoteKeyType.Ed25519, "logKey must be an Ed25519 verifier key");
        Need(LogKeySm2 is null || (NoteVerifierKey.TryParse(LogKeySm2, out var sm2) && sm2.Type == NoteKeyType.Sm2 && sm2.Name == logKey?.Name), "logKeySm2 must be an SM2 verifier key of logKey's name");
        Need(Algorithms.LogKeyTypes.Contains(NoteKeyType.Sm2) == LogKeySm2 is not null, $"logKeySm2 must {(LogKeySm2 is null ? "be there" : "not be there")} in the suite {Suite}");
        var witnesses = Witnesses.Select(text => NoteVerifierKey.TryParse(text, out var key) && key.IsWitness ? key : null).ToList();
        Need(
            !witnesses.Contains(null) && witnesses.DistinctBy(key => key!.Name).Count() == witnesses.Count && witnesses.DistinctBy(key => key!.PublicKey).Count() == witnesses.Count,
            "witnesses must be cosignature keys of unlike names and keys");
        Need(CertificateAuthorities.All(text => StandardBase64.TryDecode(text, out _)), "certificateAuthorities must be base64");
        return faults.Count == 0 ? null : "genesis: " + string.Join("; ", faults);

        void Need(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add(fault);
            }
        }
    }

    // Printable ASCII without quote and backslash: our writer and RFC 8785 agree on it byte for byte.
    private static bool IsPlain(string text) =>
        text.Length is > 0 and <= 8192 && text.All(character => character is >= ' ' and <= '~' and not '"' and not '\\');

    private static Genesis Read(JsonElement root)
    {
        if (root.GetProperty("format").GetString() != Format)
        {
            throw new FormatException("format is not " + Format);
        }

        return new Genesis
        {
            CertificateAuthorities = Strings(root, "certificateAuthorities"),
            ChainId = root.GetProperty("chainId").GetUInt64(),
            CreatedAt = root.GetProperty("createdAt").GetUInt64(),
            EvidenceRoots = Strings(root, "evidenceRoots"),
            GovernorThreshold = root.GetProperty("governorThreshold").GetInt32(),
            Governors = [.. Strings(root, "governors").Select(AccountAddress.Parse)],
            LogKey = Text(root.GetProperty("logKey")),
            LogKeySm2 = root.TryGetProperty("logKeySm2", out var sm2) ? Text(sm2) : null,
            MaxSessionSeconds = root.GetProperty("maxSessionSeconds").GetUInt64(),
            MinimumSvn = root.GetProperty("minimumSvn").GetInt32(),
            Name = Text(root.GetProperty("name")),
            Nonce = Digest.Parse(Text(root.GetProperty("nonce"))),
            Origin = Text(root.GetProperty("origin")),
            RegulatorApprovals = root.GetProperty("regulatorApprovals").GetInt32(),
            Suite = Text(root.GetProperty("suite")),
            WitnessQuorum = root.GetProperty("witnessQuorum").GetInt32(),
            Witnesses = Strings(root, "witnesses"),
        };
    }

    private static List<string> Strings(JsonElement root, string name) => [.. root.GetProperty(name).EnumerateArray().Select(Text)];

    private static string Text(JsonElement element) => element.GetString() ?? throw new FormatException("null where text is due");

    private static void WriteStrings(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
