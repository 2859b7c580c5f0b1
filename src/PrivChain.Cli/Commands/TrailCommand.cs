using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Files;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Trail;

namespace PrivChain.Cli.Commands;

/// <summary><c>trail</c>: the witnessed history of everything that happened.</summary>
internal static class TrailCommand
{
    private static readonly Argument<string> _folder = Parsing.Path("DIR", "Folder of the trail.");
    private static readonly Argument<string> _folderOrArchive = Parsing.Path("DIR|FILE", "Folder of the trail, or a zip archive with one in it, as the app saves it.");
    private static readonly Option<Digest?> _ledger = Parsing.Digest("--ledger", "Id of the ledger that the trail has to be of.");
    private static readonly Option<int> _last = new("--last") { Description = "How many entries, counted from the end.", DefaultValueFactory = _ => 20 };
    private static readonly Option<Digest?> _consent = Parsing.Digest("--consent", "Only the uses of this consent.");

    private static readonly Argument<ulong> _index = new("INDEX") { Description = "Number of the entry, counted from 0." };
    private static readonly Option<ulong?> _use = new("--use") { Description = "Only the use at this number, with every field of its contract.", HelpName = "INDEX" };
    private static readonly Option<int> _days = new("--days") { Description = "How many days, today among them, by universal time.", DefaultValueFactory = _ => 30 };
    private static readonly Argument<string> _proof = Parsing.Path("FILE", "The tlog-proof file (c2sp.org/tlog-proof).");
    private static readonly Option<string> _pinned = new("--genesis") { Description = "The genesis file that pins the ledger.", HelpName = "FILE", Required = true };

    // What it unpacks to is limited as well, and the archive's own lines come on top.
    private const long MaxArchive = 768 * 1024 * 1024;

    public static Command Make() => CommandMaker.Group(
        "trail", "The trail: every act on the ledger, signed, hashed and witnessed.", "privchain trail verify ./trail --genesis genesis.json",
        CommandMaker.Make("show", "Shows the end of the trail, or the uses of one consent.", "privchain trail show --last 20", ShowAsync, [_last, _consent, .. Common.Connection]),
        CommandMaker.Make("export", "Writes the whole trail into a folder, to be verified anywhere.", "privchain trail export ./trail", ExportAsync, [_folder, .. Common.Connection]),
        CommandMaker.Make(
            "verify", "Verifies an exported trail, or the archive that a person saved in the app, offline and names the first entry that is wrong.", "privchain trail verify ./trail --genesis genesis.json",
            VerifyAsync, _folderOrArchive, _ledger, Common.Genesis),
        CommandMaker.Make(
            "copies", "Opens a regulator's sealed copies of the uses of contracts that it approved: which fields went out, in which form, never a value. Says which copies are missing or wrong.",
            "privchain trail copies --keystore regulator.json", CopiesAsync, [_use, .. Common.Signing]),
        CommandMaker.Make(
            "refused", "Shows a regulator how often what was refused, and why: by enclaves, as they signed it, and by the node, as it says.", "privchain trail refused --keystore regulator.json",
            RefusedAsync, [_days, .. Common.Signing]),
        CommandMaker.Make(
            "prove", "Writes one entry with its proof as a tlog-proof file, which any tool of transparency logs verifies.", "privchain trail prove 12 entry-12.tlog-proof",
            ProveAsync, [_index, _proof, .. Common.Connection]),
        CommandMaker.Make(
            "check", "Verifies a tlog-proof file of one entry offline.", "privchain trail check entry-12.tlog-proof --genesis genesis.json",
            CheckAsync, _proof, _pinned));

    private static async Task<int> ShowAsync(CommandRun run)
    {
        var last = run.Value(_last);
        if (last is < 1 or > 1000)
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "--last: wanted 1 to 1000"));
        }

        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        var head = await connection.Ledger.RefreshAsync(cancellationToken: run.Cancellation).ConfigureAwait(false);
        var size = head.Checkpoint.Size;
        List<ulong> wanted;
        if (run.Optional(_consent) is { } consent)
        {
            wanted = await connection.Ledger.ReadStateAsync(
                _ => connection.Ledger.History.UsesOf(consent).Select(use => use.Index).ToList(), cancellationToken: run.Cancellation).ConfigureAwait(false);
        }
        else
        {
            var count = Math.Min(size, (ulong)last);
            wanted = [.. Enumerable.Range(0, (int)count).Select(i => size - count + (ulong)i)];
        }

        var rows = new List<string[]>();
        var entries = new JsonArray();
        foreach (var index in wanted)
        {
            var proven = await connection.Ledger.GetEntryAsync(index, cancellationToken: run.Cancellation).ConfigureAwait(false);
            var entry = proven.Entry;
            rows.Add([index.ToString(CultureInfo.InvariantCulture), Common.Time(entry.Time / 1000), entry.Kind.ToString(), entry.Signer.ToString(), Short(entry.Reference)]);
            entries.Add(new JsonObject
            {
                ["index"] = index, ["time"] = Common.Time(entry.Time / 1000), ["kind"] = entry.Kind.ToString(), ["digest"] = proven.Digest.ToString(),
                ["signer"] = entry.Signer.ToString(), ["party"] = entry.Party.ToString(), ["reference"] = entry.Reference.ToString(),
            });
        }

        var output = run.Output;
        output.Json["ledger"] = connection.LedgerId.ToString();
        output.Json["size"] = size;
        output.Json["root"] = head.Checkpoint.Root.ToString();
        output.Json["witnesses"] = new JsonArray([.. head.WitnessNames.Select(name => (JsonNode)name)]);
        output.Json["entries"] = entries;
        output.Facts(
            ("Ledger", connection.LedgerId.ToString()), ("Entries", size.ToString(CultureInfo.InvariantCulture)), ("Root", head.Checkpoint.Root.ToString()),
            ("Witnesses", string.Join(", ", head.WitnessNames)));
        output.Table(["#", "Time", "Kind", "Signer", "About"], rows);
        return 0;
    }

    private static async Task<int> ExportAsync(CommandRun run)
    {
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        var folder = run.Value(_folder);
        var count = await TrailExporter.ExportAsync(connection, new FolderTrail(folder), cancellationToken: run.Cancellation).ConfigureAwait(false);
        run.Output.Json["entries"] = count;
        run.Output.Json["folder"] = Path.GetFullPath(folder);
        run.Output.Line($"{count} entries in {folder}. Verify them with: privchain trail verify {folder} --ledger {connection.LedgerId}");
        return 0;
    }

    private static Task<int> VerifyAsync(CommandRun run)
    {
        var output = run.Output;
        var report = TrailVerifier.Verify(OpenTrail(run.Value(_folderOrArchive)), Common.Pin(run, _ledger), cancellation: run.Cancellation);
        output.Json["valid"] = report.Valid;
        output.Json["pinned"] = report.Pinned;
        output.Json["ledger"] = report.LedgerId.ToString();
        output.Json["size"] = report.Size;
        output.Json["root"] = report.Root.ToString();
        if (!report.Pinned)
        {
            output.Warning("NOTHING IS PINNED: the trail's own genesis was believed. Name the ledger with --genesis or --ledger.");
        }

        if (report.Refusal is { } refusal)
        {
            output.Json["firstWrongEntry"] = report.FirstWrongEntry;
            output.Refused(refusal);
            return Task.FromResult((int)refusal.Reason);
        }

        output.Json["witnesses"] = new JsonArray([.. report.Witnesses.Select(name => (JsonNode)name)]);
        output.Json["kinds"] = new JsonObject(report.Kinds.Select(kind => KeyValuePair.Create(kind.Key.ToString(), (JsonNode?)kind.Value)));
        output.Json["queries"] = new JsonObject(report.QueriesByInstitution.Select(pair => KeyValuePair.Create(pair.Key.ToString(), (JsonNode?)pair.Value)));
        output.Json["undeliveredUses"] = report.UndeliveredUses;
        output.Facts(
            ("Ledger", report.LedgerId.ToString()),
            ("Entries", report.Size.ToString(CultureInfo.InvariantCulture)),
            ("Root", report.Root.ToString()),
            ("Witnesses", $"{string.Join(", ", report.Witnesses)} at {Common.Time(report.WitnessedAt)}"),
            ("Undelivered", report.UndeliveredUses.ToString(CultureInfo.InvariantCulture)));
        output.Table(["Kind", "Entries"], report.Kinds.Select(kind => new[] { kind.Key.ToString(), kind.Value.ToString(CultureInfo.InvariantCulture) }));
        output.Table(["Institution", "Queries"], report.QueriesByInstitution.Select(pair => new[] { pair.Key.ToString(), pair.Value.ToString(CultureInfo.InvariantCulture) }));
        output.Line("The trail holds: every signature, rule, tile and the witnessed root.");
        return Task.FromResult(0);
    }

    internal static ITrailFiles OpenTrail(string path)
    {
        if (Directory.Exists(path))
        {
            return new FolderTrail(path);
        }

        if (!File.Exists(path))
        {
            throw new RefusalException(new Refusal(RefusalReason.NotFound, $"no folder and no archive {path}"));
        }

        // Read where it stands, since most of what a name leads to is no archive and its end says so; a device or a pipe has no end.
        using var archive = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return archive is { CanSeek: true, Length: > 0 and <= MaxArchive }
            ? TrailArchive.Read(archive).OrThrow()
            : throw new RefusalException(new Refusal(RefusalReason.TooLarge, $"{path}: wanted a file of 1 to {MaxArchive} bytes"));
    }

    private static async Task<int> ProveAsync(CommandRun run)
    {
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        var proven = await connection.Ledger.GetEntryAsync(run.Value(_index), cancellationToken: run.Cancellation).ConfigureAwait(false);
        var file = run.Value(_proof);
        OwnPath.Write(file, EntryProof.Write(proven));
        Describe(run, proven);
        run.Output.Json["file"] = Path.GetFullPath(file);
        run.Output.Line($"Written to {file}. Verify it with: privchain trail check {file} --genesis GENESIS");
        return 0;
    }

    private static async Task<int> CopiesAsync(CommandRun run)
    {
        using var keys = Common.OpenKeys(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        var regulator = new RegulatorClient(connection, keys.Account, keys.EncryptionKey);
        var audits = new List<UseAudit>();
        if (run.Optional(_use) is { } index)
        {
            audits.Add(await regulator.AuditUseAsync(index, run.Cancellation).ConfigureAwait(false));
            ShowCopy(run, audits[0]);
        }
        else
        {
            await foreach (var audit in regulator.AuditUsesAsync(run.Cancellation).ConfigureAwait(false))
            {
                audits.Add(audit);
            }

            run.Output.Table(
                ["Use", "Copy", "Institution", "Contract", "Went out"],
                audits.Select(audit => new[]
                {
                    audit.Index.ToString(CultureInfo.InvariantCulture), StateOf(audit), audit.Opened?.Core.Controller.ToString() ?? "-", audit.Opened?.Contract.Id ?? "-",
                    string.Join(", ", audit.Opened?.Core.Fields ?? []),
                }));
        }

        run.Output.Json["uses"] = new JsonArray([.. audits.Select(audit => (JsonNode)new JsonObject
        {
            ["index"] = audit.Index, ["use"] = audit.Use.ToString(), ["state"] = audit.State.ToString(), ["reason"] = audit.Refusal?.Reason.ToString(), ["institution"] = audit.Opened?.Core.Controller.ToString(),
            ["contract"] = audit.Opened?.Contract.Digest.ToString(), ["purpose"] = audit.Opened?.Contract.Purpose, ["evidence"] = audit.Opened?.Core.EvidenceKind,
            ["fields"] = audit.Opened is null ? null : new JsonObject(audit.Opened.Fields.Select(field => KeyValuePair.Create(
                field.Field.Name, (JsonNode?)new JsonObject { ["form"] = field.Field.Form.Name, ["outcome"] = field.Outcome.ToString() }))),
        })]);
        var wrong = audits.Find(audit => audit.State == UseAuditState.Refused)?.Refusal
            ?? (audits.Find(audit => audit.State == UseAuditState.Missing) is { } missing ? new Refusal(RefusalReason.Incomplete, $"the node has no copy of use {missing.Index}, and one is due") : null);
        if (wrong is not null)
        {
            run.Output.Refused(wrong);
        }

        return (int)(wrong?.Reason ?? RefusalReason.None);
    }

    private static async Task<int> RefusedAsync(CommandRun run)
    {
        var days = run.Value(_days);
        if (days is < 1 or > 10_000)
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "--days: wanted 1 to 10000"));
        }

        using var keys = Common.OpenKeys(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        var regulator = new RegulatorClient(connection, keys.Account, keys.EncryptionKey);
        var since = DateOnly.FromDateTime(connection.Time.GetUtcNow().UtcDateTime).AddDays(1 - days);
        var enclaves = await regulator.EnclaveRefusalsAsync(since, run.Cancellation).ConfigureAwait(false);
        var node = await regulator.RefusalsAsync(since, run.Cancellation).ConfigureAwait(false);
        run.Output.Line("By enclaves, signed by each: the node can keep the newest back, and change none.");
        run.Output.Table(
            ["Day", "Institution", "Reason", "Queries"],
            enclaves.Counts.Select(row => new[] { DayOf(row.Day), row.Institution.IsZero ? "not told apart" : row.Institution.ToString(), row.Institution.IsZero ? "not told apart" : row.Reason.ToString(), NumberOf(row.Count) }));
        run.Output.Line("By the node, as it says: nobody can check it.");
        run.Output.Table(["Day", "Role", "Reason", "Call", "Times"], node.Select(row => new[] { DayOf(row.Day), row.Role.ToString(), row.Reason.ToString(), row.Method, NumberOf(row.Count) }));
        run.Output.Json["byEnclaves"] = new JsonArray([.. enclaves.Counts.Select(row => (JsonNode)new JsonObject
        {
            ["day"] = DayOf(row.Day), ["institution"] = row.Institution.IsZero ? null : row.Institution.ToString(), ["reason"] = row.Institution.IsZero ? null : row.Reason.ToString(), ["queries"] = row.Count,
        })]);
        run.Output.Json["byNode"] = new JsonArray([.. node.Select(row => (JsonNode)new JsonObject
        {
            ["day"] = DayOf(row.Day), ["role"] = row.Role.ToString(), ["reason"] = row.Reason.ToString(), ["method"] = row.Method, ["times"] = row.Count,
        })]);
        run.Output.Json["unread"] = enclaves.Unread;
        if (enclaves.Unread == 0)
        {
            return 0;
        }

        var wrong = new Refusal(RefusalReason.BadSignature, $"{enclaves.Unread} of the tallies that the node gave out are of no enclave of this ledger, or not for this regulator");
        run.Output.Refused(wrong);
        return (int)wrong.Reason;

        static string DayOf(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        static string NumberOf(uint count) => count.ToString(CultureInfo.InvariantCulture);
    }

    private static void ShowCopy(CommandRun run, UseAudit audit)
    {
        run.Output.Facts(("Use", audit.Index.ToString(CultureInfo.InvariantCulture)), ("Digest", audit.Use.ToString()), ("Copy", StateOf(audit)));
        if (audit.Opened is { } opened)
        {
            run.Output.Facts(
                ("Institution", opened.Core.Controller.ToString()), ("Contract", $"{opened.Contract.Id} ({opened.Contract.Digest})"), ("Purpose", opened.Contract.Purpose), ("Evidence", opened.Core.EvidenceKind));
            run.Output.Table(["Field", "Form", "Went out"], opened.Fields.Select(field => new[] { field.Field.Name, field.Field.Form.Name, OutcomeText(field.Outcome) }));
        }
    }

    private static string StateOf(UseAudit audit) => audit.State switch
    {
        UseAuditState.Opened => "opened",
        UseAuditState.NothingDelivered => "nothing was delivered",
        UseAuditState.NotDue => "not approved by this regulator",
        UseAuditState.Missing => "MISSING",
        _ => $"WRONG: {audit.Refusal}",
    };

    private static string OutcomeText(FieldOutcome outcome) => outcome switch
    {
        FieldOutcome.Whole => "the whole value",
        FieldOutcome.Derived => "what the form makes of it",
        FieldOutcome.NotShared => "nothing: not shared by the person",
        _ => "nothing: not asked for",
    };

    private static Task<int> CheckAsync(CommandRun run)
    {
        var proven = EntryProof.Verify(Common.ReadFile(run.Value(_proof), TlogProof.MaxSize), Common.ReadGenesis(run.Value(_pinned))).OrThrow();
        Describe(run, proven);
        run.Output.Line("The proof holds: the signer's signature, the place in the tree, the log's signature and the witnesses' quorum.");
        return Task.FromResult(0);
    }

    private static void Describe(CommandRun run, ProvenEntry proven)
    {
        var checkpoint = proven.Checkpoint;
        run.Output.Json["index"] = proven.Index;
        run.Output.Json["kind"] = proven.Entry.Kind.ToString();
        run.Output.Json["digest"] = proven.Digest.ToString();
        run.Output.Json["signer"] = proven.Entry.Signer.ToString();
        run.Output.Json["size"] = checkpoint.Checkpoint.Size;
        run.Output.Json["witnesses"] = new JsonArray([.. checkpoint.WitnessNames.Select(name => (JsonNode)name)]);
        run.Output.Facts(
            ("Entry", $"{proven.Index}: {proven.Entry.Kind}"), ("Time", Common.Time(proven.Entry.Time / 1000)), ("Signer", proven.Entry.Signer.ToString()), ("Digest", proven.Digest.ToString()),
            ("Under", $"{checkpoint.Checkpoint.Size} entries, witnessed by {string.Join(", ", checkpoint.WitnessNames)} at {Common.Time(checkpoint.QuorumTime)}"));
    }

    private static string Short(Digest digest) => digest.IsZero ? "-" : digest.ToString()[..18] + "…";
}
