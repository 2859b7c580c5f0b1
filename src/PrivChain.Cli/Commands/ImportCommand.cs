using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text;
using PrivChain.Cli.Import;
using PrivChain.Core.Json;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Issuing;
using Spectre.Console;

namespace PrivChain.Cli.Commands;

/// <summary><c>import</c>: many records from a file, sealed to their holders; what was stopped goes on, what is refused is reported.</summary>
internal static class ImportCommand
{
    private const long CountedUpTo = 256 * 1024 * 1024;

    private static readonly Argument<string> _source = Parsing.Path("SOURCE", "CSV or JSON file, or a folder of FHIR NDJSON.");
    private static readonly Option<string> _mapping = new("--mapping") { Description = $"Mapping file, or a built-in one: {string.Join(", ", ImportMapping.BuiltIn)}.", Required = true };
    private static readonly Option<string?> _holders = new("--holders") { Description = "File with one contact a line, for each row in turn; left out, the mapping names a column.", HelpName = "FILE" };
    private static readonly Option<string?> _journal = new("--journal") { Description = "Folder that remembers what was issued; left out, beside the source.", HelpName = "DIR" };
    private static readonly Option<string?> _report = new("--report") { Description = "CSV file for refused rows; left out, beside the source.", HelpName = "FILE" };

    public static Command Make() => CommandMaker.Make(
        "import", "Issues the records of a file. Stopped anywhere, the same command goes on where it was; rows that are refused are reported with line and reason.",
        "privchain import german.csv --mapping german-credit --holders contacts.txt --report refused.csv --keystore bank.json",
        RunAsync, [_source, _mapping, _holders, _journal, _report, .. Common.Signing]);

    private static async Task<int> RunAsync(CommandRun run)
    {
        var source = Path.TrimEndingDirectorySeparator(run.Value(_source));
        using var keys = Common.OpenKeys(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        var mapping = ImportMapping.Load(run.Value(_mapping), connection.Schemas).OrThrow();
        if (mapping.Source == ImportSource.Fhir ? !Directory.Exists(source) : !File.Exists(source))
        {
            throw new RefusalException(new Refusal(RefusalReason.NotFound, $"no {(mapping.Source == ImportSource.Fhir ? "folder" : "file")} {source}"));
        }

        if (run.Optional(_holders) is null && mapping.Holder is null)
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "whose are the rows? --holders, or a mapping with a holder column"));
        }

        var reportPath = run.Optional(_report) ?? source + ".refused.csv";
        using var report = new RefusedRows(reportPath);
        using var journal = new FileIssueJournal(run.Optional(_journal) ?? source + ".journal");
        var import = new Run(run, mapping, source, connection.Domain, report);
        await import.CheckHoldersAsync(run.Cancellation).ConfigureAwait(false);
        var issuer = new IssuerClient(connection, keys.Account, keys.IssuerKey);
        var total = mapping.Source == ImportSource.Fhir || new FileInfo(source).Length > CountedUpTo ? null : (long?)File.ReadLines(source).LongCount();
        await WithBarAsync(run, total, async show =>
        {
            var progress = new Progress(show);
            await foreach (var result in issuer.IssueManyAsync(import.RecordsAsync(run.Cancellation), journal, progress, run.Cancellation).ConfigureAwait(false))
            {
                import.Came(result);
            }
        }).ConfigureAwait(false);

        var output = run.Output;
        output.Json["issued"] = import.Issued;
        output.Json["skipped"] = import.Skipped;
        output.Json["refused"] = import.Refused;
        output.Json["report"] = Path.GetFullPath(reportPath);
        output.Line($"{import.Issued} issued, {import.Skipped} issued before, {import.Refused} refused{(import.Refused == 0 ? "." : $": see {reportPath}")}");
        return (int)import.FirstRefusal;
    }

    private static async Task WithBarAsync(CommandRun run, long? total, Func<Action<IssueProgress>, Task> work)
    {
        var console = run.Output.Console;
        if (run.Output.IsJson || !console.Profile.Out.IsTerminal)
        {
            await work(_ => { }).ConfigureAwait(false);
            return;
        }

        await console.Progress().StartAsync(async context =>
        {
            var bar = context.AddTask("records", maxValue: Math.Max(1, total ?? 1));
            bar.IsIndeterminate = total is null;
            await work(progress =>
            {
                bar.Description = $"{progress.Issued} issued, {progress.Skipped} before, {progress.Refused} refused";
                bar.Value = progress.Issued + progress.Skipped + progress.Refused;
            }).ConfigureAwait(false);
            bar.IsIndeterminate = false;
            bar.Value = bar.MaxValue;
        }).ConfigureAwait(false);
    }

    /// <summary>Told on the thread of the import, in order, and remembered.</summary>
    private sealed class Progress(Action<IssueProgress> show) : IProgress<IssueProgress>
    {
        public IssueProgress Last { get; private set; } = new(0, 0, 0);

        public void Report(IssueProgress value)
        {
            // Batches end on several threads: the largest count is the latest.
            lock (show)
            {
                if (value.Issued + value.Skipped + value.Refused >= Last.Issued + Last.Skipped + Last.Refused)
                {
                    Last = value;
                    show(value);
                }
            }
        }
    }

    /// <summary>One import: turns rows into records and keeps count of those refused.</summary>
    private sealed class Run(CommandRun run, ImportMapping mapping, string source, LedgerDomain domain, RefusedRows report)
    {
        private readonly Lock _lock = new();
        private ulong _read;
        private ulong _results;

        public ulong Issued { get; private set; }

        /// <summary>Rows that an earlier run had issued: whatever is read and not issued before has a result.</summary>
        public ulong Skipped => _read > _results ? _read - _results : 0;

        public ulong Refused { get; private set; }

        public RefusalReason FirstRefusal { get; private set; }

        /// <summary>
        /// A contact for each row and a row for each contact, or nothing is issued: one row too few, by a stray quote that joins two, and every later record would be sealed to somebody else.
        /// </summary>
        /// <exception cref="RefusalException">BadSettings, with both numbers.</exception>
        public async Task CheckHoldersAsync(CancellationToken cancellation)
        {
            if (run.Optional(_holders) is not { } path)
            {
                return;
            }

            var (lines, contacts) = (0L, 0L);
            await foreach (var line in File.ReadLinesAsync(path, Encoding.UTF8, cancellation).ConfigureAwait(false))
            {
                lines++;
                contacts = string.IsNullOrWhiteSpace(line) ? contacts : lines;
            }

            var rows = 0L;
            await foreach (var row in RowsAsync(cancellation).ConfigureAwait(false))
            {
                rows += row.IsRecord ? 1 : 0;
            }

            // Empty lines at the end may be rows without a contact, or nothing.
            if (rows < contacts || rows > lines)
            {
                throw new RefusalException(new Refusal(
                    RefusalReason.BadSettings, $"{path} has {contacts} contacts for {rows} rows of {source}: they go by line, so nothing is issued until each row has its own"));
            }
        }

        public async IAsyncEnumerable<RecordToIssue> RecordsAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            using var holders = run.Optional(_holders) is { } path ? new StreamReader(path, Encoding.UTF8) : null;
            var number = 0L;
            await foreach (var row in RowsAsync(cancellation).ConfigureAwait(false))
            {
                if (!row.IsRecord)
                {
                    Refuse(row.File, row.Line, new Refusal(RefusalReason.Malformed, row.Fault ?? "not read"));
                    continue;
                }

                // A row that is refused has its line in the holders' file all the same.
                var contactText = holders is null ? row.Holder : await holders.ReadLineAsync(cancellation).ConfigureAwait(false);
                number++;
                if (row.Claims is null)
                {
                    Refuse(row.File, row.Line, new Refusal(RefusalReason.Malformed, row.Fault ?? "not read"));
                }
                else if (!CitizenContact.TryParse(contactText?.Trim(), domain, out var holder))
                {
                    Refuse(row.File, row.Line, new Refusal(RefusalReason.BadSignature, $"row {number} has no contact of this ledger for its holder"));
                }
                else if (StrictJson.ParseObject(Encoding.UTF8.GetBytes(row.Claims.ToJsonString())) is { Accepted: true } claims)
                {
                    _read++;
                    yield return new RecordToIssue(KeyOf(row.File, row.Line, number), mapping.Schema.Id, claims.Value, holder);
                }
                else
                {
                    Refuse(row.File, row.Line, new Refusal(RefusalReason.Malformed, "the row does not make a JSON object that has one meaning"));
                }
            }
        }

        public void Came(IssuedRecord result)
        {
            _results++;
            if (result.Refusal is not { } refusal)
            {
                Issued++;
                return;
            }

            // From the end: a file's name may hold a colon.
            var parts = result.Key.Split(':');
            Refuse(string.Join(':', parts[..^2]), long.Parse(parts[^2], System.Globalization.CultureInfo.InvariantCulture), refusal);
        }

        private void Refuse(string file, long line, Refusal refusal)
        {
            lock (_lock)
            {
                Refused++;
                FirstRefusal = FirstRefusal == RefusalReason.None ? refusal.Reason : FirstRefusal;
                report.Add(file, line, refusal.ToString());
            }
        }

        private IAsyncEnumerable<ImportedRow> RowsAsync(CancellationToken cancellation) => mapping.Source switch
        {
            ImportSource.Csv => CsvRows.ReadAsync(source, mapping, cancellation),
            ImportSource.Json => JsonRows.ReadAsync(source, mapping, cancellation),
            _ => FhirPatients.ReadAsync(source, cancellation),
        };

        // The row's number makes the key one row's only; file and line come back from it for the report.
        private static string KeyOf(string file, long line, long number) => $"{file}:{line}:{number}";
    }
}
