using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Cli.Terminal;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Query;

namespace PrivChain.Cli.Demo;

/// <summary>The main job with the sample people: issue, publish, request, consent, query.</summary>
internal sealed class SampleStory(DemoWorld world, DemoFolder folder, StepLog log, CommandOutput output, CancellationToken cancellation)
{
    private static readonly TimeSpan _validity = TimeSpan.FromDays(30);

    private readonly Dictionary<(int Citizen, string Schema), Digest> _records = [];
    private readonly List<AnsweredQuery> _answers = [];

    public IReadOnlyList<DemoCitizen> Citizens { get; private set; } = [];

    public PrivacyContract Mortgage { get; private set; } = null!;

    public PrivacyContract Credit { get; private set; } = null!;

    public PrivacyContract Claim { get; private set; } = null!;

    public IReadOnlyList<AnsweredQuery> Answers => _answers;

    public Digest RecordOf(int citizen, string schema) => _records[(citizen, schema)];

    public async Task TellAsync()
    {
        output.Heading("Issue");
        Citizens = [.. SampleData.Citizens.Select(world.Citizen)];
        await log.DoAsync("issue records, each field under a key of its own", IssueAsync, $"{SampleData.Records.Count} records of {Citizens.Count} people").ConfigureAwait(false);
        await log.DoAsync("citizens open and verify what they hold", CheckHoldingsAsync).ConfigureAwait(false);

        output.Heading("Publish and approve");
        Mortgage = await PublishAsync(world.BankClient, world.Bank, "mortgage-precheck").ConfigureAwait(false);
        Credit = await PublishAsync(world.BankClient, world.Bank, "credit-decision").ConfigureAwait(false);
        Claim = await PublishAsync(world.InsurerClient, world.Insurer, "insurance-direct-claim").ConfigureAwait(false);

        output.Heading("Request and consent");
        await ShowPreviewAsync().ConfigureAwait(false);
        var mortgages = new List<(int Citizen, GivenConsent Consent)>();
        foreach (var citizen in (int[])[SampleData.Lin, SampleData.Zhang, SampleData.Okafor])
        {
            // Zhang leaves the optional field out though he holds the record.
            var leavesOut = citizen == SampleData.Zhang;
            mortgages.Add((citizen, await AgreeAsync(world.BankClient, world.Bank, citizen, Mortgage, leavesOut).ConfigureAwait(false)));
        }

        var credit = await AgreeAsync(world.BankClient, world.Bank, SampleData.Chen, Credit, false).ConfigureAwait(false);
        var claims = new List<(int Citizen, GivenConsent Consent)>();
        foreach (var citizen in (int[])[SampleData.Lin, SampleData.Okafor])
        {
            claims.Add((citizen, await AgreeAsync(world.InsurerClient, world.Insurer, citizen, Claim, false).ConfigureAwait(false)));
        }

        await log.TryAsync($"{Citizens[SampleData.Martins].Name} says no", [RefusalReason.RefusedByPerson], RefuseAsync).ConfigureAwait(false);

        output.Heading("Query");
        await log.DoAsync(
            "the bank asks over one attested session",
            async () =>
            {
                await using var session = await world.BankClient.OpenSessionAsync(cancellation).ConfigureAwait(false);
                var asked = mortgages.Select(item => (item.Citizen, item.Consent, Name: "mortgage-precheck")).Append((Citizen: SampleData.Chen, Consent: credit, Name: "credit-decision"))
                    .Select(async item => Answered(item.Name, item.Citizen, world.Bank, await session.QueryAsync(item.Consent, cancellationToken: cancellation).ConfigureAwait(false)));
                _answers.AddRange(await Task.WhenAll(asked).ConfigureAwait(false));
            },
            $"{mortgages.Count + 1} queries streamed").ConfigureAwait(false);
        foreach (var (citizen, consent) in claims)
        {
            await log.DoAsync(
                $"the insurer asks once about {Citizens[citizen].Name}",
                async () => _answers.Add(Answered("insurance-direct-claim", citizen, world.Insurer, await world.InsurerClient.QueryAsync(consent, cancellationToken: cancellation).ConfigureAwait(false)))).ConfigureAwait(false);
        }

        for (var i = 0; i < _answers.Count; i++)
        {
            _answers[i] = _answers[i] with { Name = $"{i + 1:00}-{_answers[i].Name}" };
        }

        foreach (var answer in _answers)
        {
            Show(answer);
            WriteAnswer(answer);
        }

        await log.DoAsync("what was left out stays unseen", CheckLeftOutAsync).ConfigureAwait(false);
        await log.DoAsync("citizens find the same answers in their own copies", CheckCopiesAsync).ConfigureAwait(false);
    }

    public AnsweredQuery Answered(string name, int citizen, DemoOrganisation institution, Answer answer)
    {
        var held = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var record in SampleData.Records.Where(record => record.Citizen == citizen))
        {
            using var claims = JsonDocument.Parse(record.Claims);
            foreach (var claim in claims.RootElement.EnumerateObject())
            {
                held[$"{record.Schema[..record.Schema.IndexOf('/')]}.{claim.Name}"] = claim.Value.Clone();
            }
        }

        return new AnsweredQuery($"{citizen + 1}-{name}", Citizens[citizen].Name, institution.Name, answer, held).OrThrow();
    }

    private async Task IssueAsync()
    {
        foreach (var record in SampleData.Records)
        {
            var issuer = world.IssuerOf(record.Schema);
            var holder = Citizens[record.Citizen];
            var contact = holder.Client.ContactFor(issuer.Account);
            var issued = await world.ClientOf(issuer).IssueAsync(record.Schema, Encoding.UTF8.GetBytes(record.Claims), contact, cancellation).ConfigureAwait(false);
            _records[(record.Citizen, record.Schema)] = issued.Record;
            WritePlain(record, holder.Name, issued.Record);
        }
    }

    private async Task CheckHoldingsAsync()
    {
        for (var i = 0; i < Citizens.Count; i++)
        {
            var held = await Citizens[i].Client.RecordsAsync(cancellation).ConfigureAwait(false);
            var digests = held.Select(record => record.Digest).ToHashSet();
            foreach (var record in held)
            {
                record.Dispose();
            }

            if (!digests.SetEquals(_records.Where(item => item.Key.Citizen == i).Select(item => item.Value)))
            {
                throw new RefusalException(new Refusal(RefusalReason.Internal, $"{Citizens[i].Name} does not hold what was issued"));
            }
        }
    }

    private Task<PrivacyContract> PublishAsync(InstitutionClient client, DemoOrganisation controller, string template) => log.DoAsync(
        $"{controller.Name} publishes {template}, the regulator approves",
        () => world.PublishAsync(client, controller, template, cancellation),
        contract => $"{contract.Shows.Length} fields, {contract.Limits.MaxUses} uses, {contract.Limits.ValidDays} days");

    private Task<GivenConsent> AgreeAsync(InstitutionClient client, DemoOrganisation controller, int citizen, PrivacyContract contract, bool leavesOut) => log.DoAsync(
        $"{Citizens[citizen].Name} consents to {contract.Title.En}{(leavesOut ? ", leaving the optional field out" : string.Empty)}",
        () => DemoWorld.AgreeAsync(
            client, controller, Citizens[citizen], contract, (uint)contract.Limits.MaxUses, Min(_validity, TimeSpan.FromDays(contract.Limits.ValidDays)),
            preview => new ConsentChoices { OptionalFields = leavesOut ? [] : DemoWorld.HeldOptional(preview), Uses = preview.MaxUses },
            cancellation),
        consent => $"{consent.Details.Fields.Count} fields, {consent.Uses} uses");

    private async Task<RefusalReason> RefuseAsync()
    {
        var citizen = Citizens[SampleData.Martins];
        var pending = await world.BankClient.RequestAsync(citizen.Client.ContactFor(world.Bank.Account), Mortgage.Digest, 1, _validity, cancellationToken: cancellation).ConfigureAwait(false);
        var request = (await citizen.Client.RequestsAsync(cancellation).ConfigureAwait(false)).Single(received => received.Request.Digest == pending.Digest);
        await citizen.Client.RefuseAsync(request, "no mortgage wanted", cancellation).ConfigureAwait(false);
        await pending.WaitForConsentAsync(cancellation).ConfigureAwait(false);
        return RefusalReason.None;
    }

    // What a person reads before signing, once in each language.
    private async Task ShowPreviewAsync()
    {
        var citizen = Citizens[SampleData.Lin];
        var pending = await world.BankClient.RequestAsync(citizen.Client.ContactFor(world.Bank.Account), Mortgage.Digest, 1, _validity, cancellationToken: cancellation).ConfigureAwait(false);
        var request = (await citizen.Client.RequestsAsync(cancellation).ConfigureAwait(false)).Single(received => received.Request.Digest == pending.Digest);
        foreach (var language in (DisplayLanguage[])[DisplayLanguage.Chinese, DisplayLanguage.English])
        {
            using var preview = await citizen.Client.PreviewAsync(request, language, cancellation).ConfigureAwait(false);
            output.Heading($"What {citizen.Name} reads before signing");
            output.Block(preview.Rendering.ToText());
        }

        await citizen.Client.RefuseAsync(request, "read only", cancellation).ConfigureAwait(false);
        output.Line();
    }

    private Task CheckLeftOutAsync()
    {
        const string Optional = "property-certificate.address";
        var seen = _answers.Where(answer => answer.Answer.Consent.Contract.Digest == Mortgage.Digest)
            .ToDictionary(answer => answer.Citizen, answer => answer.Answer[Optional]);
        var right = seen[Citizens[SampleData.Lin].Name].YesNo == true
            && seen[Citizens[SampleData.Zhang].Name].Kind == FormResultKind.NotGranted
            && seen[Citizens[SampleData.Okafor].Name].Kind == FormResultKind.NotGranted;
        return right ? Task.CompletedTask : throw new RefusalException(new Refusal(RefusalReason.Internal, $"{Optional} came out otherwise than granted"));
    }

    private async Task CheckCopiesAsync()
    {
        foreach (var answer in _answers)
        {
            var citizen = Citizens.First(person => person.Name == answer.Citizen);
            var own = (await citizen.Client.ConsentsAsync(cancellation).ConfigureAwait(false)).Single(consent => consent.Digest == answer.Answer.Consent.Digest);
            if (own.Uses.Count != 1 || !own.Answers.Any(copy => copy.Answer.Bytes.Span.SequenceEqual(answer.Answer.Json.Span)))
            {
                throw new RefusalException(new Refusal(RefusalReason.Internal, $"the copy of {answer.Name} is missing or another one"));
            }
        }
    }

    private void Show(AnsweredQuery answer)
    {
        output.Heading($"{answer.Citizen}: {answer.Answer.Consent.Contract.Title.En} {answer.Answer.Consent.Contract.Title.Zh}, {answer.Institution}{(answer.Answer.IsSimulated ? " (simulated evidence)" : string.Empty)}");
        output.Table(
            ["Field", "The record holds", "The institution saw", "Form"],
            answer.Rows().Select(row => (IReadOnlyList<string>)[$"{row.Field.Field.Title.En} {row.Field.Field.Title.Zh}", row.Held, row.Seen, row.Field.Form.Name]));
        var unseen = answer.Answer.Consent.Contract.Records.Sum(schema => schema.Fields.Count) - answer.Answer.Consent.Contract.Shows.Length;
        output.Line($"    {unseen} other fields of these records: not seen.");
    }

    private void WriteAnswer(AnsweredQuery answer)
    {
        var document = new JsonObject
        {
            ["citizen"] = answer.Citizen,
            ["institution"] = answer.Institution,
            ["contract"] = answer.Answer.Consent.Contract.Digest.ToString(),
            ["consent"] = answer.Answer.Consent.Digest.ToString(),
            ["simulated"] = answer.Answer.IsSimulated,
            ["answer"] = JsonNode.Parse(answer.Answer.Json.Span),
        };
        File.WriteAllText(Path.Combine(folder.Answers, answer.Name + ".json"), DemoJson.Text(document));
    }

    private void WritePlain(SampleRecord record, string citizen, Digest digest)
    {
        var document = new JsonObject
        {
            ["citizen"] = citizen,
            ["schema"] = record.Schema,
            ["record"] = digest.ToString(),
            ["claims"] = JsonNode.Parse(record.Claims),
        };
        File.WriteAllText(Path.Combine(folder.Plain, $"{record.Citizen + 1}-{record.Schema[..record.Schema.IndexOf('/')]}.json"), DemoJson.Text(document));
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
