using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Cli.Commands;
using PrivChain.Cli.Import;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Json;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Issuing;
using PrivChain.Sdk.Query;

namespace PrivChain.Cli.Demo;

/// <summary>
/// The same story on input that nobody here wrote, through the import path: credit applications, a hospital's FHIR export, a census. Every row gets a holder with keys of its own; those
/// who are asked for consent are people with a phrase, the rest of the census hold keys that nobody uses again.
/// </summary>
internal sealed class RealDataStory(DemoWorld world, DemoFolder folder, string data, StepLog log, CommandRun run, JsonObject report)
{
    /// <summary>All people of this story sit behind one connection.</summary>
    public const int CallsPerSecond = 20_000;

    private const int CensusSample = 200;
    private const int ReceiptsEach = 10;
    private const int PeopleAtOnce = 8;

    // One stream; so many of its queries are under way that a worker's batch is always full, and none waits past the broker's patience on a busy machine.
    private const int QueriesAtOnce = 128;
    private const int ContactsAtOnce = 256;
    private static readonly TimeSpan _validity = TimeSpan.FromDays(30);

    public async Task TellAsync()
    {
        foreach (var wanted in (string[])["credit/german-credit.csv", "census/adult-train.csv", "fhir"])
        {
            if (!Path.Exists(Path.Combine(data, wanted)))
            {
                throw new RefusalException(new Refusal(RefusalReason.NotFound, $"--data: wanted {wanted} in {data}"));
            }
        }

        await TellAsync("credit", "credit/german-credit.csv", "german-credit", "credit-decision", world.TaxOffice, world.Bank, world.BankClient, everybody: true).ConfigureAwait(false);
        await TellAsync("fhir", "fhir", "fhir-patient-summary", "insurance-direct-claim", world.Hospital, world.Insurer, world.InsurerClient, everybody: true).ConfigureAwait(false);
        var statistics = world.Organisation(LedgerRole.Institution, "Jinling Statistics Office", "金陵市统计局", "survey@statistics.example", "9 Census Road, Jinling");
        await log.DoAsync("enrol the statistics office", () => world.EnrolAsync([statistics], run.Cancellation)).ConfigureAwait(false);
        var statisticsClient = new InstitutionClient(statistics.Connection, statistics.Keys.Account, statistics.Keys.EncryptionKey);
        await TellAsync("census", "census/adult-train.csv", "adult-census", "census-survey", world.Registry, statistics, statisticsClient, everybody: false).ConfigureAwait(false);
    }

    private async Task TellAsync(
        string name, string source, string mappingName, string template, DemoOrganisation issuer, DemoOrganisation controller, InstitutionClient client, bool everybody)
    {
        run.Output.Heading($"{name}: {source}");
        var numbers = new JsonObject();
        report[name] = numbers;
        var mapping = ImportMapping.Load(mappingName, SchemaCatalog()).OrThrow();
        var people = await log.DoAsync(
            $"import {source}",
            () => ImportAsync(name, Path.Combine(data, source), mapping, issuer, everybody, numbers),
            _ => $"{numbers["issued"]} records, {numbers["refused"]} rows refused, {numbers["recordsPerSecond"]} a second").ConfigureAwait(false);
        var contract = await log.DoAsync($"{controller.Name} publishes {template}", () => world.PublishAsync(client, controller, template, run.Cancellation)).ConfigureAwait(false);
        var consents = await log.DoAsync(
            $"{people.Count} people read and consent",
            () => ConsentAsync(people, contract, controller, client, numbers),
            _ => $"{numbers["consentsPerSecond"]} a second").ConfigureAwait(false);
        var answers = await log.DoAsync(
            $"{consents.Count} queries in one stream",
            () => QueryAsync(name, consents, controller, client, numbers),
            _ => $"{numbers["queriesPerSecond"]} a second").ConfigureAwait(false);
        foreach (var answer in answers.Take(2))
        {
            run.Output.Heading($"{answer.Citizen}: {contract.Title.En} {contract.Title.Zh}, {answer.Institution} (simulated evidence)");
            run.Output.Table(
                ["Field", "The record holds", "The institution saw", "Form"],
                answer.Rows().Select(row => (IReadOnlyList<string>)[row.Field.Field.Title.En, row.Held.Length > 80 ? row.Held[..80] + "…" : row.Held, row.Seen, row.Field.Form.Name]));
        }

        await log.DoAsync(
            "every answer follows from its record",
            () =>
            {
                CheckAnswers(answers);
                return Task.CompletedTask;
            },
            "computed again here and compared").ConfigureAwait(false);
        await log.DoAsync(
            "gather receipts",
            async () =>
            {
                foreach (var answer in answers.Take(ReceiptsEach))
                {
                    var receipt = await answer.Answer.GetReceiptAsync(run.Cancellation).ConfigureAwait(false);
                    await File.WriteAllTextAsync(Path.Combine(folder.Receipts, answer.Name + ".json"), receipt.ToJson(), run.Cancellation).ConfigureAwait(false);
                }
            },
            $"of the first {Math.Min(ReceiptsEach, answers.Count)}").ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<Person>> ImportAsync(string name, string source, ImportMapping mapping, DemoOrganisation issuer, bool everybody, JsonObject numbers)
    {
        var started = run.Time.GetTimestamp();
        var people = new ConcurrentDictionary<string, Person>(StringComparer.Ordinal);
        ulong issued = 0;
        ulong refused = 0;
        var reportFile = Path.Combine(folder.Root, $"refused-{name}.csv");
        using (var refusedRows = new RefusedRows(reportFile))
        {
            var every = everybody ? 1 : Math.Max(1, await CountAsync(source, mapping).ConfigureAwait(false) / CensusSample);
            void Refuse(string file, long line, Refusal refusal)
            {
                // The reader refuses on its thread, the issuer on another.
                lock (refusedRows)
                {
                    refused++;
                    refusedRows.Add(file, line, refusal.ToString());
                }
            }

            await foreach (var result in world.ClientOf(issuer)
                .IssueManyAsync(RecordsAsync(name, source, mapping, issuer, every, people, Refuse), cancellationToken: run.Cancellation).ConfigureAwait(false))
            {
                if (result.Refusal is { } refusal)
                {
                    people.TryRemove(result.Key, out _);
                    var parts = result.Key.Split('\n');
                    Refuse(parts[0], long.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), refusal);
                }
                else
                {
                    issued++;
                }
            }
        }

        var seconds = run.Time.GetElapsedTime(started).TotalSeconds;
        numbers["issued"] = issued;
        numbers["refused"] = refused;
        numbers["refusedRows"] = reportFile;
        numbers["recordsPerSecond"] = Math.Round(issued / seconds, 1);
        return issued > 0
            ? [.. people.Values.OrderBy(person => person.Number).Take(everybody ? int.MaxValue : CensusSample)]
            : throw new RefusalException(new Refusal(RefusalReason.Incomplete, $"no record of {source} was issued; see {reportFile}"));
    }

    private async IAsyncEnumerable<RecordToIssue> RecordsAsync(
        string name, string source, ImportMapping mapping, DemoOrganisation issuer, int every, ConcurrentDictionary<string, Person> people,
        Action<string, long, Refusal> refuse, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var strangers = new Queue<CitizenContact>();
        var number = 0;
        await foreach (var row in RowsAsync(source, mapping, cancellation).ConfigureAwait(false))
        {
            if (row.Claims is null)
            {
                refuse(row.File, row.Line, new Refusal(RefusalReason.Malformed, row.Fault ?? "not read"));
                continue;
            }

            var claims = StrictJson.ParseObject(Encoding.UTF8.GetBytes(row.Claims.ToJsonString())).OrThrow();
            var key = $"{row.File}\n{row.Line}\n{number}";
            CitizenContact contact;
            if (number % every == 0)
            {
                var citizen = world.Citizen($"{name} {number + 1}");
                var person = new Person(number + 1, citizen, mapping.Schema.Id, claims);
                people[key] = person;
                contact = citizen.Client.ContactFor(issuer.Account);
                WritePlain(name, person);
            }
            else
            {
                if (strangers.Count == 0)
                {
                    MakeStrangers(strangers);
                }

                contact = strangers.Dequeue();
            }

            number++;
            yield return new RecordToIssue(key, mapping.Schema.Id, claims, contact);
        }
    }

    private async Task<IReadOnlyList<(Person Person, GivenConsent Consent)>> ConsentAsync(
        IReadOnlyList<Person> people, PrivacyContract contract, DemoOrganisation controller, InstitutionClient client, JsonObject numbers)
    {
        var started = run.Time.GetTimestamp();
        var byAccount = new ConcurrentDictionary<AccountAddress, Person>();
        await Parallel.ForEachAsync(people, new ParallelOptions { MaxDegreeOfParallelism = PeopleAtOnce, CancellationToken = run.Cancellation }, async (person, cancellation) =>
        {
            var citizen = person.Citizen.Client;
            var contact = citizen.ContactFor(controller.Account);
            byAccount[contact.Account] = person;
            var pending = await client.RequestAsync(contact, contract.Digest, 1, _validity, cancellationToken: cancellation).ConfigureAwait(false);
            var request = (await citizen.RequestsAsync(cancellation).ConfigureAwait(false)).Single(received => received.Request.Digest == pending.Digest);
            using var preview = await citizen.PreviewAsync(request, DisplayLanguage.English, cancellation).ConfigureAwait(false);

            // Every third person leaves out what may be left out.
            var optional = person.Number % 3 == 0 ? [] : DemoWorld.HeldOptional(preview);
            await citizen.ConsentAsync(preview, new ConsentChoices { OptionalFields = [.. optional], Uses = 1 }, cancellation).ConfigureAwait(false);
        }).ConfigureAwait(false);
        var given = (await client.ListConsentsAsync(run.Cancellation).ConfigureAwait(false))
            .Where(consent => consent.Contract.Digest == contract.Digest && byAccount.ContainsKey(consent.Entry.Entry.Signer))
            .Select(consent => (Person: byAccount[consent.Entry.Entry.Signer], Consent: consent))
            .OrderBy(item => item.Person.Number)
            .ToList();
        numbers["consents"] = given.Count;
        numbers["consentsPerSecond"] = Math.Round(given.Count / run.Time.GetElapsedTime(started).TotalSeconds, 1);
        return given.Count == people.Count
            ? given
            : throw new RefusalException(new Refusal(RefusalReason.Incomplete, $"{people.Count} people consented, the institution found {given.Count}"));
    }

    private async Task<IReadOnlyList<AnsweredQuery>> QueryAsync(
        string name, IReadOnlyList<(Person Person, GivenConsent Consent)> consents, DemoOrganisation controller, InstitutionClient client, JsonObject numbers)
    {
        await using var session = await client.OpenSessionAsync(run.Cancellation).ConfigureAwait(false);
        var started = run.Time.GetTimestamp();
        using var room = new SemaphoreSlim(QueriesAtOnce);
        var answers = await Task.WhenAll(consents.Select(async item =>
        {
            await room.WaitAsync(run.Cancellation).ConfigureAwait(false);
            using var leave = new Leave(room);
            var answer = await session.QueryAsync(item.Consent, cancellationToken: run.Cancellation).ConfigureAwait(false);
            return new AnsweredQuery($"{name}-{item.Person.Number:00000}", item.Person.Citizen.Name, controller.Name, answer, item.Person.Held).OrThrow();
        })).ConfigureAwait(false);
        var seconds = run.Time.GetElapsedTime(started).TotalSeconds;
        numbers["queries"] = answers.Length;
        numbers["queriesPerSecond"] = Math.Round(answers.Length / seconds, 1);
        foreach (var answer in answers)
        {
            var document = new JsonObject
            {
                ["citizen"] = answer.Citizen,
                ["institution"] = answer.Institution,
                ["consent"] = answer.Answer.Consent.Digest.ToString(),
                ["simulated"] = answer.Answer.IsSimulated,
                ["answer"] = JsonNode.Parse(answer.Answer.Json.Span),
            };
            await File.WriteAllTextAsync(Path.Combine(folder.Answers, answer.Name + ".json"), DemoJson.Text(document), run.Cancellation).ConfigureAwait(false);
        }

        return answers;
    }

    // The forms once more, on the row as it was read, and nothing from the platform but the answer. A pseudonym cannot be computed here: that is its point.
    private void CheckAnswers(IReadOnlyList<AnsweredQuery> answers)
    {
        foreach (var answer in answers)
        {
            var granted = answer.Answer.Consent.Details.Fields.ToHashSet(StringComparer.Ordinal);
            var context = new FormContext { Today = DateOnly.FromDateTime(run.Time.GetUtcNow().UtcDateTime), Controller = answer.Answer.Consent.Contract.Controller, Suite = answer.Answer.Consent.Entry.Entry.Suite };
            foreach (var field in answer.Answer.Consent.Contract.Shows.Where(field => field.Form is not PseudonymForm))
            {
                var wanted = granted.Contains(field.Name)
                    ? field.Form.Apply(answer.Held.TryGetValue(field.Name, out var value) ? value : null, context).OrThrow()
                    : FormResult.NotGranted;
                if (!wanted.ToJson().AsSpan().SequenceEqual(answer.Answer[field.Name].ToJson()))
                {
                    throw new RefusalException(new Refusal(RefusalReason.Internal, $"{answer.Name}: {field.Name} does not follow from the record"));
                }
            }
        }
    }

    private void MakeStrangers(Queue<CitizenContact> strangers)
    {
        var domain = world.CitizensConnection.Domain;
        var now = UnixTime.Seconds(run.Time.GetUtcNow());
        var made = new CitizenContact?[ContactsAtOnce];
        Parallel.For(0, made.Length, i =>
        {
            using var account = Account.Generate(domain.Suite);
            using var key = HpkePrivateKey.Generate(domain.Suite.Kem);
            var text = CitizenContact.Prefix + Base64Url.Encode(KeyStatement.Sign(domain, account, key.PublicKey, now).ToArray());
            _ = CitizenContact.TryParse(text, domain, out made[i]);
        });
        foreach (var contact in made)
        {
            strangers.Enqueue(contact!);
        }
    }

    private void WritePlain(string name, Person person) => File.WriteAllText(
        Path.Combine(folder.Plain, $"{name}-{person.Number:00000}.json"),
        DemoJson.Text(new JsonObject { ["citizen"] = person.Citizen.Name, ["schema"] = person.Schema, ["claims"] = JsonNode.Parse(person.Claims.GetRawText()) }));

    private static IAsyncEnumerable<ImportedRow> RowsAsync(string source, ImportMapping mapping, CancellationToken cancellation) => mapping.Source switch
    {
        ImportSource.Csv => CsvRows.ReadAsync(source, mapping, cancellation),
        ImportSource.Json => JsonRows.ReadAsync(source, mapping, cancellation),
        _ => FhirPatients.ReadAsync(source, cancellation),
    };

    private async Task<int> CountAsync(string source, ImportMapping mapping)
    {
        var count = 0;
        await foreach (var row in RowsAsync(source, mapping, run.Cancellation).ConfigureAwait(false))
        {
            count += row.Claims is null ? 0 : 1;
        }

        return count;
    }

    private Core.Records.SchemaCatalog SchemaCatalog() => world.CitizensConnection.Schemas;

    private readonly struct Leave(SemaphoreSlim room) : IDisposable
    {
        public void Dispose() => room.Release();
    }

    /// <summary>Somebody who is asked.</summary>
    private sealed record Person(int Number, DemoCitizen Citizen, string Schema, JsonElement Claims)
    {
        public IReadOnlyDictionary<string, JsonElement> Held => Claims.EnumerateObject()
            .ToDictionary(claim => $"{Schema[..Schema.IndexOf('/')]}.{claim.Name}", claim => claim.Value, StringComparer.Ordinal);
    }
}
