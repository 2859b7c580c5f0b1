using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Query;

namespace PrivChain.Cli.Commands;

/// <summary><c>inbox</c>: what waits for this keystore's owner: a person's requests, consents and records, or an institution's consents and the contracts that regulators sent back.</summary>
internal static class InboxCommand
{
    public static Command Make() => CommandMaker.Make(
        "inbox", "Shows a person's requests, records and consents, or the consents that an institution was given and its contracts that regulators sent back.", "privchain inbox --keystore me.json", RunAsync, Common.Signing);

    private static async Task<int> RunAsync(CommandRun run)
    {
        using var keys = Common.OpenKeys(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        var isInstitution = await connection.Ledger.ReadStateAsync(
            state => state.Holds(LedgerRole.Institution, keys.Account.Address, state.Time), cancellationToken: run.Cancellation).ConfigureAwait(false);
        if (isInstitution)
        {
            await InstitutionAsync(run, new InstitutionClient(connection, keys.Account, keys.EncryptionKey)).ConfigureAwait(false);
        }
        else
        {
            using var citizen = new CitizenClient(connection, keys.Wallet);
            await CitizenAsync(run, connection, citizen).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task InstitutionAsync(CommandRun run, InstitutionClient institution)
    {
        var consents = await institution.ListConsentsAsync(run.Cancellation).ConfigureAwait(false);
        run.Output.Json["consents"] = new JsonArray([.. consents.Select(consent => (JsonNode)new JsonObject
        {
            ["consent"] = consent.Digest.ToString(), ["contract"] = consent.Contract.Digest.ToString(), ["title"] = consent.Details.Title, ["uses"] = consent.Uses,
            ["validUntil"] = Common.Time(consent.Entry.Entry.NotAfter),
        })]);
        run.Output.Heading("Consents");
        run.Output.Table(
            ["Consent", "Contract", "Uses", "Until"],
            consents.Select(consent => new[]
            {
                consent.Digest.ToString(), consent.Details.Title, consent.Uses.ToString(CultureInfo.InvariantCulture), Common.Time(consent.Entry.Entry.NotAfter),
            }));

        var returned = await institution.ListReturnedAsync(run.Cancellation).ConfigureAwait(false);
        run.Output.Json["returned"] = new JsonArray([.. returned.Select(item => (JsonNode)new JsonObject
        {
            ["contract"] = item.Contract.Digest.ToString(), ["id"] = item.Contract.Id, ["regulator"] = item.Note.Regulator.ToString(), ["name"] = item.RegulatorName, ["reason"] = item.Note.Reason,
            ["writtenAt"] = Common.Time(item.Note.WrittenAt), ["approvedSince"] = item.ApprovedSince,
        })]);
        run.Output.Heading("Contracts sent back");
        run.Output.Table(
            ["Contract", "By", "When", "State", "Reason"],
            returned.Select(item => new[] { item.Contract.Id, item.RegulatorName, Common.Time(item.Note.WrittenAt), item.ApprovedSince ? "approved since" : "sent back", item.Note.Reason }));
    }

    private static async Task CitizenAsync(CommandRun run, PrivChainConnection connection, CitizenClient citizen)
    {
        var output = run.Output;
        var requests = await citizen.RequestsAsync(run.Cancellation).ConfigureAwait(false);
        var rows = new List<string[]>();
        var list = new JsonArray();
        foreach (var received in requests)
        {
            var name = await NameAsync(run, connection, received.Institution).ConfigureAwait(false);
            var request = received.Request;
            rows.Add([request.Digest.ToString(), name, request.Uses.ToString(CultureInfo.InvariantCulture), $"{request.ValidSeconds / 86_400} d {request.ValidSeconds % 86_400 / 3600} h", request.Message]);
            list.Add(new JsonObject
            {
                ["request"] = request.Digest.ToString(), ["institution"] = received.Institution.ToString(), ["name"] = name, ["contract"] = request.Contract.ToString(),
                ["uses"] = request.Uses, ["validSeconds"] = request.ValidSeconds, ["message"] = request.Message, ["sentAt"] = received.SentAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            });
        }

        output.Json["requests"] = list;
        output.Heading("Requests");
        output.Table(["Request", "From", "Uses", "For", "Message"], rows);

        var (records, unreadable) = await citizen.ReadRecordsAsync(run.Cancellation).ConfigureAwait(false);
        try
        {
            output.Json["records"] = new JsonArray([.. records.Select(record => (JsonNode)new JsonObject
            {
                ["record"] = record.Digest.ToString(), ["schema"] = record.Schema.Id, ["issuer"] = record.IssuerName, ["issuerStanding"] = JsonNamingPolicy.KebabCaseLower.ConvertName(record.Standing.ToString()),
                ["issuerExpelledAt"] = record.IssuerExpelledAt,
            })]);
            output.Heading("Records");
            output.Table(["Record", "Kind", "Issuer", "State"], records.Select(record => new[] { record.Digest.ToString(), record.Schema.Id, record.Standing == IssuerStanding.SelfAsserted ? "yourself" : record.IssuerName, record.Caveat ?? "good" }));
            if (unreadable.Count > 0)
            {
                // One of them must not hide the others, nor the consents.
                output.Json["unreadable"] = new JsonArray([.. unreadable.Select(record => (JsonNode)new JsonObject
                {
                    ["record"] = record.Digest.ToString(), ["issuer"] = record.Issuer.ToString(), ["reason"] = record.Refusal.Reason.ToString(),
                })]);
                output.Heading("Records that cannot be read");
                output.Table(["Record", "Issuer", "Reason"], unreadable.Select(record => new[] { record.Digest.ToString(), record.Issuer.ToString(), record.Refusal.Reason.ToString() }));
            }
        }
        finally
        {
            foreach (var record in records)
            {
                record.Dispose();
            }
        }

        var now = run.Time.GetUtcNow();
        var consents = await citizen.ConsentsAsync(run.Cancellation).ConfigureAwait(false);
        output.Json["consents"] = new JsonArray([.. consents.Select(consent => (JsonNode)new JsonObject
        {
            ["consent"] = consent.Digest.ToString(), ["controller"] = consent.Grant.Controller.ToString(), ["title"] = consent.Details?.Title, ["uses"] = consent.Grant.Uses,
            ["usesLeft"] = consent.Grant.UsesLeft, ["active"] = consent.IsActive(now), ["revoked"] = consent.Grant.RevokedAt is not null, ["answers"] = consent.Answers.Count,
        })]);
        output.Heading("Consents");
        output.Table(
            ["Consent", "To", "What", "Left", "State"],
            consents.Select(consent => new[]
            {
                consent.Digest.ToString(), consent.Details?.ControllerName ?? consent.Grant.Controller.ToString(), consent.Details?.Title ?? "-",
                $"{consent.Grant.UsesLeft} of {consent.Grant.Uses}", consent.Grant.RevokedAt is not null ? "revoked" : consent.IsActive(now) ? "active" : "over",
            }));
    }

    // One organisation that cannot be trusted must not hide what the others sent.
    private static async Task<string> NameAsync(CommandRun run, PrivChainConnection connection, AccountAddress institution)
    {
        try
        {
            return (await connection.Organisations.GetAsync(LedgerRole.Institution, institution, run.Cancellation).ConfigureAwait(false)).Name;
        }
        catch (RefusalException exception) when (exception.Reason is not (RefusalReason.Unavailable or RefusalReason.Deadline))
        {
            return $"{institution}: {exception.Reason}";
        }
    }
}
