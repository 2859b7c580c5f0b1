using System.Text;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Consent;
using PrivChain.Core.Contracts;
using PrivChain.Core.Json;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Trail;

namespace PrivChain.Sdk.Receipts;

/// <summary>
/// Compares a consent record (ISO/IEC TS 27560 with DPV, as <see cref="ConsentRecordExport"/> writes it) with a trail. Such a file is signed by nobody and proves nothing by itself: what it says of the consent, of the
/// contract and of what became of it stands on the ledger, or it does not.
/// </summary>
public static class ConsentRecordVerifier
{
    private const int MaxBytes = 256 * 1024;
    private const int MaxDepth = 32;
    private const string Type = "@type";

    /// <summary>True for JSON that calls itself JSON-LD, which a receipt of a use never does.</summary>
    public static bool IsConsentRecord(ReadOnlySpan<byte> file) => StrictJson.ParseObject(file, MaxBytes, MaxDepth) is { Accepted: true } parsed && parsed.Value.TryGetProperty(Type, out _);

    /// <summary>Verifies the trail, then the record against it.</summary>
    /// <param name="file">The record.</param>
    /// <param name="trail">The trail; null when there is none: then only the form of the file is checked, and the report refuses the rest as <see cref="RefusalReason.Incomplete"/>.</param>
    /// <param name="pinnedLedger">The ledger it must be, or null to take the trail's word.</param>
    /// <param name="cancellation">Stops.</param>
    public static ConsentRecordReport Verify(ReadOnlySpan<byte> file, ITrailFiles? trail, Digest? pinnedLedger, CancellationToken cancellation = default)
    {
        var checks = new List<ReceiptCheck>();
        var report = new ConsentRecordReport { Checks = checks, Pinned = pinnedLedger is not null };
        var record = DpvConsentRecord.Parse(file);
        checks.Add(new ReceiptCheck("form", "is a consent record of ISO/IEC TS 27560 in JSON-LD", record.Refusal));
        if (!record.Accepted)
        {
            return report;
        }

        if (trail is null)
        {
            checks.Add(new ReceiptCheck("trail", "stands on a ledger", new Refusal(RefusalReason.Incomplete, "such a file proves nothing by itself: a trail is needed, or the archive that the app saves")));
            return report;
        }

        var verified = TrailVerifier.Verify(trail, pinnedLedger, cancellation: cancellation);
        checks.Add(new ReceiptCheck("trail", "the trail holds: every signature, rule and hash, and the witnessed root", verified.Refusal));
        report = report with { LedgerId = verified.LedgerId, WitnessedAt = verified.WitnessedAt };
        if (verified.State is not { } state)
        {
            return report;
        }

        var root = StrictJson.ParseObject(record.Value.Json.Span, MaxBytes, MaxDepth).OrThrow();
        var grant = Digest.TryParse(record.Value.Identifier, out var digest) ? state.Consent(digest) : null;
        checks.Add(new ReceiptCheck("dct:identifier", "names a consent of this ledger", grant is not null ? null
            : Number(At(root, "privchain:ledger", "privchain:index")) >= verified.Size ? new Refusal(RefusalReason.Incomplete, "the trail ends before the consent")
            : new Refusal(RefusalReason.UnknownReference, "no such consent is on this ledger")));
        if (grant is null)
        {
            return report;
        }

        var genesis = Genesis.Parse(trail.Read(TrailLayout.Genesis)!.Value.Span).OrThrow();
        Same("privchain:ledger", "is of this ledger, and the consent stands where it says",
            Text(At(root, "privchain:ledger", "privchain:origin")) == genesis.Origin && Number(At(root, "privchain:ledger", "privchain:index")) == grant.Index);
        Same("dpv:hasDataSubject", "the account that signed the consent", Text(At(root, "dpv:hasDataSubject")) == grant.Granter.ToString());
        Same("dpv:hasDataController", "the institution that the consent is for", Text(At(root, "dpv:hasDataController")) == grant.Controller.ToString());
        Same("dpv:hasNotice", "the contract that was consented to", Text(At(root, "dpv:hasNotice", "@id")) == $"urn:privchain:contract:{grant.Contract}");
        var process = record.Value.Processes.Length == 1 ? record.Value.Processes[0] : default;
        Same("dpv:hasDuration", "from when until when it is good",
            Time(At(process, "dpv:hasDuration", "schema:startTime")) == grant.NotBefore && Time(At(process, "dpv:hasDuration", "schema:endTime")) == Math.Min(grant.NotAfter, LastSecond));
        var text = trail.Read(TrailLayout.Document(grant.Contract));
        var contract = text is null ? new Refusal(RefusalReason.Incomplete, "the contract's text is not in the trail") : PrivacyContract.Parse(text.Value.Span, SchemaCatalog.BuiltIn, genesis.Domain.Suite);
        checks.Add(new ReceiptCheck("dpv:hasProcess", "purpose, fields, forms and limits are the contract's, and every field that is required was given",
            !contract.Accepted ? contract.Refusal : IsOf(contract.Value, root, process) ? null : Different()));
        checks.Add(new ReceiptCheck("dpv:hasConsentStatus", "what became of it is what the trail shows", FaultOfStates(record.Value, root, grant, index => SecondOf(trail, verified.Size, index), verified.Size)));
        return report with { Grant = grant };

        void Same(string field, string claim, bool holds) => checks.Add(new ReceiptCheck(field, claim, holds ? null : Different()));
    }

    // The last second that a date can be; later ones are written as this one.
    private const ulong LastSecond = 253_402_300_799;

    private static bool IsOf(PrivacyContract contract, JsonElement root, JsonElement process)
    {
        var items = At(process, "dpv:hasPersonalData") is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray().ToList() : [];
        return Text(At(process, "dpv:hasPurpose", "dct:identifier")) == contract.Purpose
            && Text(At(root, "dpv:hasNotice", "dct:identifier")) == $"{contract.Id}/{contract.Version}"
            && Number(At(process, "privchain:limits", "privchain:validDays")) == (ulong)contract.Limits.ValidDays
            && Number(At(process, "privchain:limits", "privchain:maxUses")) == (ulong)contract.Limits.MaxUses
            && Number(At(process, "privchain:limits", "privchain:price")) == (ulong)contract.Limits.Price
            && items.Count == contract.Shows.Length
            && contract.Shows.Zip(items).All(pair =>
                Text(At(pair.Second, "dct:identifier")) == pair.First.Name
                && Text(At(pair.Second, "privchain:form")) == Encoding.UTF8.GetString(pair.First.Form.ToJson())
                && Text(At(pair.Second, "dpv:hasNecessity")) == (pair.First.Optional ? "dpv:Optional" : "dpv:Required")
                && At(pair.Second, "privchain:granted") is { ValueKind: JsonValueKind.True or JsonValueKind.False } granted
                && (pair.First.Optional || granted.ValueKind == JsonValueKind.True));
    }

    // Given, then at most one end, each at its entry and time. A file that has not the end that the trail has was true once.
    private static Refusal? FaultOfStates(DpvConsentRecord record, JsonElement root, Grant grant, Func<ulong, ulong?> secondOf, ulong size)
    {
        var states = record.Statuses.Zip(At(root, "dpv:hasConsentStatus") is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : default).ToList();
        if (states.Count is < 1 or > 2 || states[0].First.Term != "dpv:ConsentGiven" || Number(At(states[0].Second, "privchain:index")) != grant.Index
            || Seconds(states[0].First.Time) != secondOf(grant.Index))
        {
            return new Refusal(RefusalReason.DigestMismatch, "wanted first that it was given, at its entry and time");
        }

        if (states.Count == 1)
        {
            return grant.RevokedAt is { } revoked ? new Refusal(RefusalReason.Revoked, $"it was taken back with entry {revoked}, which the file does not say")
                : grant.UsesLeft == 0 ? new Refusal(RefusalReason.Exhausted, "its uses are spent, which the file does not say")
                : null;
        }

        var (end, element) = states[1];
        var index = Number(At(element, "privchain:index"));
        return index >= size ? new Refusal(RefusalReason.Incomplete, $"the trail ends before entry {index}")
            : end.Term switch
            {
                "dpv:ConsentWithdrawn" when index is { } at && grant.RevokedAt == at && Seconds(end.Time) == secondOf(at) => null,
                "dpv:ConsentExpired" when grant.RevokedAt is { } revoked => new Refusal(RefusalReason.Revoked, $"it was taken back with entry {revoked}, which the file does not say"),
                "dpv:ConsentExpired" when index is null && Seconds(end.Time) == Math.Min(grant.NotAfter, LastSecond) => null,
                "dpv:ConsentExpired" when index is { } at && grant.UsesLeft == 0 && Seconds(end.Time) == secondOf(at) => null,
                _ => new Refusal(RefusalReason.UnknownReference, "the trail has no such end of this consent"),
            };
    }

    // The ledger's time of an entry in a trail that was verified.
    private static ulong? SecondOf(ITrailFiles trail, ulong size, ulong index)
    {
        var bundle = index / TilePath.FullWidth;
        var width = (int)Math.Min(TilePath.FullWidth, size - (bundle * TilePath.FullWidth));
        return trail.Read(TilePath.Entries(bundle, width).ToString()) is { } content && EntryBundle.TryParse(content.Span, width, out var entries)
            && Entry.TryParse(entries[(int)(index % TilePath.FullWidth)].Span, out var entry) ? entry.Time / 1000 : null;
    }

    private static Refusal Different() => new(RefusalReason.DigestMismatch, "the ledger says something else");

    private static JsonElement? At(JsonElement? element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            element = element is { ValueKind: JsonValueKind.Object } holder && holder.TryGetProperty(name, out var member) ? member : null;
        }

        return element;
    }

    private static string? Text(JsonElement? element) => element is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static ulong? Number(JsonElement? element) => element is { ValueKind: JsonValueKind.Number } number && number.TryGetUInt64(out var value) ? value : null;

    private static ulong? Time(JsonElement? element) => Seconds(Text(element));

    private static ulong? Seconds(string? text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var time)
            ? UnixTime.Seconds(time) : null;
}
