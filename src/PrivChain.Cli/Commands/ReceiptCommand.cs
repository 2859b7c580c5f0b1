using System.CommandLine;
using System.Text.Json.Nodes;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Files;
using PrivChain.Sdk.Receipts;
using PrivChain.Sdk.Trail;

namespace PrivChain.Cli.Commands;

/// <summary><c>receipt</c>: checks a receipt without any network, and takes it apart for other tools.</summary>
internal static class ReceiptCommand
{
    private static readonly Argument<string> _file = Parsing.Path("FILE", "The receipt.");
    private static readonly Argument<string> _folder = Parsing.Path("DIR", "Folder to write into.");
    private static readonly Option<Digest?> _ledger = Parsing.Digest("--ledger", "Id of the ledger that the receipt has to be of.");

    private static readonly Option<string?> _trail = new("--trail") { Description = "Trail, or the archive that the app saved, to check a consent record against.", HelpName = "DIR|FILE" };

    public static Command Make() => CommandMaker.Group(
        "receipt", "Receipts: what proves one answer.", "privchain receipt verify receipt.json --genesis genesis.json --accept-simulated",
        CommandMaker.Make(
            "verify", "Verifies a receipt offline and names the first check that fails; or a consent record (ISO/IEC TS 27560, JSON-LD) against a trail, since it proves nothing by itself.",
            "privchain receipt verify receipt.json --genesis genesis.json --accept-simulated",
            VerifyAsync, _file, _ledger, Common.Genesis, Common.AcceptSimulated, _trail),
        CommandMaker.Make(
            "proofs", "Verifies a receipt and writes each of its ledger entries as a tlog-proof file, for tools that know nothing of PrivChain.",
            "privchain receipt proofs receipt.json ./proofs --genesis genesis.json --accept-simulated",
            ProofsAsync, _file, _folder, _ledger, Common.Genesis, Common.AcceptSimulated));

    private static Task<int> ProofsAsync(CommandRun run)
    {
        var report = ReceiptVerifier.Verify(Common.ReadFile(run.Value(_file), Receipt.MaxSize), Common.Pin(run, _ledger), run.Optional(Common.AcceptSimulated));
        if (report.Failed is { Refusal: { } refusal } failed)
        {
            throw new RefusalException(refusal with { Detail = $"{failed.Field}: {refusal.Detail}" });
        }

        OwnPath.RefuseLink(run.Value(_folder));
        var folder = Directory.CreateDirectory(run.Value(_folder)).FullName;
        var files = new JsonArray();
        foreach (var (name, bytes) in EntryProof.WriteAll(report))
        {
            var path = Path.Combine(folder, name + TlogProof.FileExtension);
            OwnPath.Write(path, bytes);
            files.Add(path);
            run.Output.Line(path);
        }

        run.Output.Json["files"] = files;
        return Task.FromResult(0);
    }

    private static Task<int> VerifyAsync(CommandRun run)
    {
        var output = run.Output;
        var pin = Common.Pin(run, _ledger);
        var file = BoundedFile.Read(run.Value(_file), Receipt.MaxSize);
        if (ConsentRecordVerifier.IsConsentRecord(file))
        {
            return Task.FromResult(VerifyConsent(run, file, pin));
        }

        var report = ReceiptVerifier.Verify(file, pin, run.Optional(Common.AcceptSimulated));
        output.Json["valid"] = report.Valid;
        output.Json["pinned"] = report.Pinned;
        output.Json["simulated"] = report.Simulated;
        output.Json["ledger"] = report.LedgerId.ToString();
        Show(run, report.Checks);
        if (!report.Pinned)
        {
            output.Warning("NOTHING IS PINNED: the file's own genesis was believed. Name the ledger with --genesis or --ledger.");
        }

        if (report.Simulated)
        {
            output.Warning("The evidence is simulated: it proves nothing about hardware.");
        }

        if (report.Failed is { Refusal: { } refusal } failed)
        {
            output.Json["failed"] = failed.Field;
            output.Refused(refusal with { Detail = $"{failed.Field}: {refusal.Detail}" });
            return Task.FromResult((int)refusal.Reason);
        }

        var core = report.Core!;
        output.Json["core"] = JsonNode.Parse(report.Receipt!.Core);
        output.Facts(("Institution", core.Controller.ToString()), ("Contract", core.Contract.ToString()), ("Used", Common.Time(report.UsedAt / 1000)));
        output.Line("The receipt holds. What it alone cannot show:");
        ShowNotChecked(run, report.NotChecked);
        return Task.FromResult((int)RefusalReason.None);
    }

    private static int VerifyConsent(CommandRun run, byte[] file, Digest? pin)
    {
        var output = run.Output;
        var trail = run.Optional(_trail) is { } path ? TrailCommand.OpenTrail(path) : null;
        var report = ConsentRecordVerifier.Verify(file, trail, pin, run.Cancellation);
        output.Json["valid"] = report.Valid;
        output.Json["pinned"] = report.Pinned;
        output.Json["ledger"] = report.LedgerId.ToString();
        Show(run, report.Checks);
        if (!report.Pinned && trail is not null)
        {
            output.Warning("NOTHING IS PINNED: the trail's own genesis was believed. Name the ledger with --genesis or --ledger.");
        }

        if (report.Failed is { Refusal: { } refusal } failed)
        {
            output.Json["failed"] = failed.Field;
            output.Refused(refusal with { Detail = $"{failed.Field}: {refusal.Detail}" });
            return (int)refusal.Reason;
        }

        var grant = report.Grant!;
        var state = grant.RevokedAt is { } revoked ? $"taken back with entry {revoked}" : grant.UsesLeft == 0 ? "spent" : grant.NotAfter < report.WitnessedAt ? "over" : $"stands, {grant.UsesLeft} of {grant.Uses} uses left";
        output.Json["state"] = state;
        output.Facts(("Institution", grant.Controller.ToString()), ("Contract", grant.Contract.ToString()), ("State", $"{state}, as of {Common.Time(report.WitnessedAt)}"));
        output.Line("The trail bears the consent record out. What it cannot show:");
        ShowNotChecked(run, report.NotChecked);
        return (int)RefusalReason.None;
    }

    private static void Show(CommandRun run, IReadOnlyList<ReceiptCheck> checks)
    {
        run.Output.Json["checks"] = new JsonArray([.. checks.Select(check => (JsonNode)new JsonObject
        {
            ["field"] = check.Field, ["claim"] = check.Claim, ["holds"] = check.Holds, ["reason"] = check.Refusal?.Reason.ToString(),
        })]);
        foreach (var check in checks)
        {
            run.Output.Line($"{(check.Holds ? "ok    " : "FAILED")}  {check.Field}: {check.Claim}");
        }
    }

    private static void ShowNotChecked(CommandRun run, IReadOnlyList<string> lines)
    {
        run.Output.Json["notChecked"] = new JsonArray([.. lines.Select(line => (JsonNode)line)]);
        foreach (var line in lines)
        {
            run.Output.Line("  - " + line);
        }
    }
}
