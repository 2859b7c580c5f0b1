using System.Globalization;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.EventLogs;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tpm;

/// <summary>
/// A quote with what came along (TPM 2.0 part 3, section 18.4): signature, register values whose digest it carries, and an event log that explains them. Whether its key is a TPM's is asked elsewhere.
/// </summary>
internal sealed class TpmQuote
{
    // Registers of the dynamic root of trust start at ones and are reset while running.
    private const int FirstDynamic = 17;
    private const int LastDynamic = 22;

    private readonly PcrValues? _pcrs;
    private readonly EventLog? _log;

    // A bank that was quoted and is not in the log.
    private readonly PcrSelection? _unlogged;

    private TpmQuote(TpmSignedAttest signed, PcrValues? pcrs, EventLog? log)
    {
        Signed = signed;
        _pcrs = pcrs;
        _log = log;
        if (pcrs is not null && log is not null)
        {
            var replays = signed.Attest.Selections.Select(selection => (Selection: selection, Registers: log.TryReplay(selection.Hash, out var registers) ? registers : null)).ToList();
            _unlogged = replays.Find(replay => replay.Registers is null).Selection;
            Replay = [.. replays.SelectMany(replay => Compare(replay.Selection, pcrs, replay.Registers))];
        }
    }

    public TpmSignedAttest Signed { get; }

    public IReadOnlyList<EvidenceField> Fields => [.. Signed.Fields(), .. OwnFields()];

    /// <summary>SHA-384 of TPMS_QUOTE_INFO as signed. The digest alone would not do: with the same values in other registers, some of which anybody may extend, it is the same.</summary>
    public ReadOnlyMemory<byte> Measurement => Hashes.Of(System.Security.Cryptography.HashAlgorithmName.SHA384, Signed.Attest.QuoteInfo.Span);

    public IReadOnlyList<MeasuredValue> Measurements =>
    [
        new MeasuredValue("pcr-digest", Iana(Signed.Scheme.Hash), Signed.Attest.PcrDigest),
        .. _pcrs?.All.Select(item => new MeasuredValue($"pcr{item.Register}", Iana(item.Hash), item.Value)) ?? [],
    ];

    public IReadOnlyList<string> Conditions =>
    [
        .. Signed.Scheme.IsWeak || Signed.Attest.Selections.Any(selection => selection.Hash == EventLogHash.Sha1) ? [EvidenceCondition.WeakHash] : Array.Empty<string>(),
        .. Signed.Attest.IsSafe ? [] : new[] { EvidenceCondition.ClockNotSafe },
    ];

    public IReadOnlyList<string> NotChecked =>
    [
        "when the quote was made: its clock counts from the TPM's reset, and only a nonce shows its age",
        Signed.Public is null
            ? "that the TPM restricts its key to attestation: the key came without its public area"
            : Signed.Creation is not null ? "that a TPM made the key: the key itself attests its creation, and a credential activation or the authority that issued its certificate shows whose word that is"
            : "that the key's attributes are as its public area says: nobody signs them, and a credential activation or the authority that issued its certificate binds them",
        .. _pcrs is null ? ["register values: only their digest was given"] : Array.Empty<string>(),
        .. _log is null ? ["boot events: no log was given"] : Array.Empty<string>(),
        .. Replay.Where(item => item.IsUnexplained).Select(item => $"PCR {item.Register}: the log does not explain its value"),
    ];

    private IReadOnlyList<ReplayedRegister> Replay { get; } = [];

    /// <summary>Reads the parts.</summary>
    /// <param name="parts">All parts.</param>
    /// <param name="quotePart">Which one holds the quote.</param>
    /// <param name="key">The key when something else in the evidence names it.</param>
    public static AttestationVerdict<TpmQuote> Parse(EvidenceParts parts, string quotePart, PublicKey? key = null)
    {
        var signed = TpmSignedAttest.Parse(parts, quotePart, TpmAttest.QuoteType, key);
        if (!signed.Accepted)
        {
            return new AttestationVerdict<TpmQuote>(signed.Fault);
        }

        PcrValues? pcrs = null;
        if (parts.TryGet(TpmPart.Pcrs, out var pcrBytes) && !PcrValues.TryParse(pcrBytes, out pcrs))
        {
            return Refuse(AttestationRefusal.Malformed, TpmPart.Pcrs, "register values of a bank", $"{pcrBytes.Length} bytes of another form");
        }

        EventLog? log = null;
        if (parts.TryGet(TpmPart.EventLog, out var logBytes))
        {
            if (!EventLog.TryParse(logBytes, out log))
            {
                return Refuse(AttestationRefusal.Malformed, TpmPart.EventLog, "a boot event log", $"{logBytes.Length} bytes of another form");
            }

            if (pcrs is null)
            {
                return Refuse(AttestationRefusal.MissingEvidence, TpmPart.Pcrs, "register values to compare the log with", "none");
            }
        }

        return new AttestationVerdict<TpmQuote>(new TpmQuote(signed.Value, pcrs, log));
    }

    /// <summary>Signature and key, then selection, digest and log.</summary>
    public AttestationFault? FirstFault()
    {
        if (Signed.FirstFault() is { } fault)
        {
            return fault;
        }

        // A quote over nothing says nothing, and any log could be told with it (CVE-2022-0317).
        var attest = Signed.Attest;
        if (!attest.Selections.Any(selection => selection.Registers.Count > 0))
        {
            return Mismatch(AttestationRefusal.BindingMismatch, "pcrSelect", "at least one register", "none");
        }

        if (_pcrs is null)
        {
            return null;
        }

        if (!_pcrs.AreThoseOf(attest.Selections))
        {
            return Mismatch(AttestationRefusal.BindingMismatch, "pcrs", "the registers that were quoted", "others");
        }

        // Hashed with the hash of the signing scheme, whatever the bank (part 3, section 18.4.1).
        var digest = Hashes.Of(EventLogHash.NameOf(Signed.Scheme.Hash)!.Value, _pcrs.Concatenate(attest.Selections));
        if (!digest.AsSpan().SequenceEqual(attest.PcrDigest.Span))
        {
            return Mismatch(AttestationRefusal.BindingMismatch, "pcrDigest", Convert.ToHexStringLower(attest.PcrDigest.Span), Convert.ToHexStringLower(digest));
        }

        if (_log is null)
        {
            return null;
        }

        if (_unlogged is not null)
        {
            return Mismatch(AttestationRefusal.EventLogMismatch, "eventLog", $"events of the bank {TpmAlgorithm.NameOf(_unlogged.Hash)}", "none, or not in each event");
        }

        return Replay.FirstOrDefault(item => item.Contradicts) is { } wrong
            ? Mismatch(AttestationRefusal.EventLogMismatch, $"eventLog.pcr{wrong.Register}", "events that lead to the quoted value", "events that lead to another")
            : null;
    }

    private IEnumerable<EvidenceField> OwnFields()
    {
        var attest = Signed.Attest;
        yield return new("pcr_select", new JsonArray([.. attest.Selections.Select(Describe)]), "registers that were quoted");
        yield return new("pcr_digest_covers", Numbers(attest.Selections.SelectMany(selection => selection.Registers).Distinct().Order()), "the same, whatever the bank");
        yield return EvidenceField.Hex("pcr_digest", attest.PcrDigest.Span, "digest of their values");
        foreach (var (hash, register, value) in _pcrs?.All ?? [])
        {
            yield return EvidenceField.Hex($"pcr_{TpmAlgorithm.NameOf(hash)}_{register}", value.Span, "value of the register");
        }

        if (_log is not null)
        {
            yield return new("event_count", _log.Events.Count, "events in the boot log");
            yield return new("event_log_replay_matches", new JsonObject(Replay.Select(item => new KeyValuePair<string, JsonNode?>(Label(item), item.Matches))), "whether events and nothing else lead to each value");
        }
    }

    private string Label(ReplayedRegister item) =>
        Signed.Attest.Selections.Count(selection => selection.Registers.Count > 0) == 1 ? item.Register.ToString(CultureInfo.InvariantCulture) : $"{TpmAlgorithm.NameOf(item.Hash)}:{item.Register}";

    private static JsonObject Describe(PcrSelection selection) => new() { ["alg"] = TpmAlgorithm.NameOf(selection.Hash), ["pcrs"] = Numbers(selection.Registers) };

    private static JsonArray Numbers(IEnumerable<int> numbers) => new([.. numbers.Select(number => (JsonNode)number)]);

    private static IEnumerable<ReplayedRegister> Compare(PcrSelection selection, PcrValues pcrs, IReadOnlyDictionary<uint, ReadOnlyMemory<byte>>? replayed)
    {
        if (replayed is null)
        {
            yield break;
        }

        foreach (var register in selection.Registers)
        {
            if (pcrs[selection.Hash, register] is not { } value)
            {
                continue;
            }

            var isLogged = replayed.TryGetValue((uint)register, out var reached);
            var matches = isLogged ? reached.Span.SequenceEqual(value.Span) : !value.Span.ContainsAnyExcept((byte)0);
            yield return new ReplayedRegister(selection.Hash, register, matches, Contradicts: isLogged && !matches && (register is < FirstDynamic or > LastDynamic));
        }
    }

    // Names of IANA's registry, as measured values carry them.
    private static string Iana(ushort hash) => TpmAlgorithm.NameOf(hash).Replace("sha", "sha-", StringComparison.Ordinal);

    private static AttestationFault Mismatch(AttestationRefusal reason, string field, string wanted, string given) => AttestationFault.Authenticate(reason, field, wanted, given);

    private static AttestationVerdict<TpmQuote> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Parse(field, wanted, given, reason));
}
