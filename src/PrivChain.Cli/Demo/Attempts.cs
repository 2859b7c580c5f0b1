using System.Text;
using PrivChain.Cli.Terminal;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Query;

namespace PrivChain.Cli.Demo;

/// <summary>What must fail, tried by those who would: each with the reason for which it must.</summary>
internal sealed class Attempts(DemoWorld world, SampleStory story, StepLog log, CommandOutput output, TimeProvider time, CancellationToken cancellation)
{
    private static readonly TimeSpan _long = TimeSpan.FromDays(7);
    private static readonly TimeSpan _short = TimeSpan.FromSeconds(3);

    private QuerySessionClient _session = null!;

    public async Task TryAllAsync()
    {
        output.Heading("What must fail");
        var session = await world.BankClient.OpenSessionAsync(cancellation).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            _session = session;
            var expiring = await BankConsentAsync(SampleData.Okafor, 3, _short).ConfigureAwait(false);
            await UnderOwnConsentAsync().ConfigureAwait(false);
            await ByOthersAsync().ConfigureAwait(false);
            await TamperedAsync().ConfigureAwait(false);
            await ReplayedAsync().ConfigureAwait(false);
            await log.TryAsync(
                "a query to an enclave with another measurement", [RefusalReason.MeasurementNotAccepted],
                () => OtherEnclave.JudgeAsync(world.Deployment, world.Bank.Connection, cancellation), "its program differs in one byte that nobody reads").ConfigureAwait(false);
            await SimulatedAsync().ConfigureAwait(false);
            await OverAskingAsync().ConfigureAwait(false);
            await log.TryAsync("a query after expiry", [RefusalReason.Expired], async () =>
            {
                await WaitUntilAsync(expiring.ValidUntil).ConfigureAwait(false);
                return await AskAsync(expiring).ConfigureAwait(false);
            }).ConfigureAwait(false);
            await EraseAsync().ConfigureAwait(false);
        }
    }

    private async Task UnderOwnConsentAsync()
    {
        var revoked = await BankConsentAsync(SampleData.Lin, 3, _long).ConfigureAwait(false);
        await log.DoAsync("a consent that will be revoked answers before", () => MustAnswerAsync(revoked)).ConfigureAwait(false);
        await log.DoAsync("the citizen revokes it", () => story.Citizens[SampleData.Lin].Client.RevokeAsync(revoked.Digest, "changed my mind", cancellation)).ConfigureAwait(false);
        await log.TryAsync("a query after revocation", [RefusalReason.Revoked], () => AskAsync(revoked)).ConfigureAwait(false);

        var single = await BankConsentAsync(SampleData.Zhang, 1, _long).ConfigureAwait(false);
        await log.DoAsync("a consent for one use answers once", () => MustAnswerAsync(single)).ConfigureAwait(false);
        await log.TryAsync("one use too many", [RefusalReason.Exhausted], () => AskAsync(single)).ConfigureAwait(false);

        var open = await BankConsentAsync(SampleData.Lin, 3, _long).ConfigureAwait(false);
        await log.TryAsync("a field that is not in the contract", [RefusalReason.FieldNotInContract], () => AskAsync(open, "identity-card.address")).ConfigureAwait(false);
        await log.TryAsync("the insurer under the bank's consent", [RefusalReason.NotYours], async () =>
        {
            var foreign = await world.InsurerClient.OpenSessionAsync(cancellation).ConfigureAwait(false);
            await using (foreign.ConfigureAwait(false))
            {
                return ReasonOf(await foreign.QueryAsync(open, cancellationToken: cancellation).ConfigureAwait(false));
            }
        }).ConfigureAwait(false);
    }

    private async Task ByOthersAsync()
    {
        var open = await BankConsentAsync(SampleData.Lin, 3, _long).ConfigureAwait(false);
        await log.TryAsync("a reply key that is not the consent's", [RefusalReason.WrongRecipient], async () =>
        {
            using var otherKey = HpkePrivateKey.Generate(world.Deployment.Genesis.Algorithms.Kem);
            var thief = new InstitutionClient(world.Bank.Connection, world.Bank.Keys.Account, otherKey);
            return ReasonOf(await thief.QueryAsync(open, cancellationToken: cancellation).ConfigureAwait(false));
        }).ConfigureAwait(false);
    }

    private async Task TamperedAsync()
    {
        // A record that the enclave has not read before: what it has read, it keeps.
        var consent = await BankConsentAsync(SampleData.Martins, 2, _long).ConfigureAwait(false);
        var record = story.RecordOf(SampleData.Martins, "income-statement/1");
        var disk = world.Deployment.Folder.Node;
        await log.TryAsync(
            "a record that the operator changed on the disk", [RefusalReason.DigestMismatch, RefusalReason.CannotOpen],
            async () =>
            {
                VaultTampering.Flip(disk, record);
                return await AskAsync(consent).ConfigureAwait(false);
            },
            "one bit of its ciphertext").ConfigureAwait(false);
        VaultTampering.Flip(disk, record);
        await log.DoAsync("the record put right answers again", () => MustAnswerAsync(consent)).ConfigureAwait(false);
    }

    private async Task ReplayedAsync()
    {
        var consent = story.Answers[0].Answer.Consent;
        await log.TryAsync("a consent recorded a second time", [RefusalReason.AlreadyRecorded], async () =>
        {
            var connection = world.Bank.Connection;
            var left = await connection.Ledger.ReadStateAsync(state => state.Consent(consent.Digest)!.UsesLeft, cancellationToken: cancellation).ConfigureAwait(false);
            var again = await connection.Ledger.AppendAsync(consent.Entry.Entry, cancellation).ConfigureAwait(false);
            return await connection.Ledger.ReadStateAsync(
                state => again.Index == consent.Entry.Index && state.Consent(consent.Digest)!.UsesLeft == left
                    ? state.Check(consent.Entry.Authentic.At(state.Time))
                    : RefusalReason.None,
                cancellationToken: cancellation).ConfigureAwait(false);
        }, "it stands where it stood, and no use came back").ConfigureAwait(false);
        await log.TryAsync("the same consent on another ledger", [RefusalReason.BadSignature], () =>
        {
            var other = world.Deployment.Genesis with { Nonce = Digest.OfSha256("another ledger"u8) };
            return Task.FromResult(AuthenticEntry.Authenticate(consent.Entry.Entry, other.Domain).Reason);
        }).ConfigureAwait(false);
    }

    private Task SimulatedAsync() => log.TryAsync("simulated evidence where the policy does not name it", [RefusalReason.EvidenceNotAccepted], async () =>
    {
        var strict = new InstitutionClient(world.Connect(acceptSimulated: false), world.Bank.Keys.Account, world.Bank.Keys.EncryptionKey);
        await using var session = await strict.OpenSessionAsync(cancellation).ConfigureAwait(false);
        return RefusalReason.None;
    });

    private async Task OverAskingAsync()
    {
        var text = PrivacyContract.WithController(Encoding.UTF8.GetBytes("""
            {"id":"bank-of-jinling/curious","version":1,"title":{"en":"Age check, and more","zh":"年龄核验及其他"},"controller":"","purpose":"dpv:AgeVerification",
             "legalBasis":"dpv:ExplicitConsent","records":["identity-card/1"],
             "shows":{"identity-card.birthDate":{"form":"value"},"identity-card.idNumber":{"form":"value"},"identity-card.address":{"form":"value"}},
             "limits":{"validDays":30,"maxUses":1,"retainDays":0,"price":0},
             "enclave":{"acceptedEvidence":["simulated"],"unlikeRoots":1,"minimumTcb":"UpToDate"}}
            """), world.Bank.Account).OrThrow();
        await log.TryAsync("a contract that asks for more than its purpose allows", [RefusalReason.OverAsking], async () =>
        {
            await world.BankClient.PublishAsync(text, cancellation).ConfigureAwait(false);
            return RefusalReason.None;
        }, "by the institution's own client").ConfigureAwait(false);
        await log.TryAsync("the same contract past that client, straight to the node", [RefusalReason.OverAsking], async () =>
        {
            var contract = PrivacyContract.Parse(text, world.Bank.Connection.Schemas, world.Bank.Connection.Domain.Suite).OrThrow();
            await world.Bank.Connection.PutDocumentAsync(world.Bank.Keys.Account, contract.CanonicalText, cancellation).ConfigureAwait(false);
            var entry = new EntrySigner(world.Bank.Connection.Domain, world.Bank.Keys.Account).Publish(contract.Digest, 30 * 86_400, 1, 0);
            await world.Bank.Connection.Ledger.AppendAsync(entry, cancellation).ConfigureAwait(false);
            return RefusalReason.None;
        }, "by the node").ConfigureAwait(false);
    }

    private async Task EraseAsync()
    {
        var citizen = story.Citizens[SampleData.Zhang].Client;
        var consent = await BankConsentAsync(SampleData.Zhang, 2, _long).ConfigureAwait(false);
        var record = story.RecordOf(SampleData.Zhang, "income-statement/1");
        await log.DoAsync("a citizen erases a record", () => citizen.EraseAsync(record, "no longer needed", cancellation)).ConfigureAwait(false);
        await log.TryAsync("a query on the erased record", [RefusalReason.Erased], () => AskAsync(consent)).ConfigureAwait(false);
        await log.TryAsync("the operator's disk after the erasure", [RefusalReason.RecordMissing], async () =>
        {
            // The ciphertext goes right after the entry is durable, by another thread of the node.
            for (var left = 50; left > 0; left--)
            {
                VaultTampering.Flip(world.Deployment.Folder.Node, record);
                await Task.Delay(100, cancellation).ConfigureAwait(false);
            }

            return RefusalReason.None;
        }, "the ciphertext is gone, a digest stays on the ledger").ConfigureAwait(false);
    }

    private Task<GivenConsent> BankConsentAsync(int citizen, uint uses, TimeSpan validity) => DemoWorld.AgreeAsync(
        world.BankClient, world.Bank, story.Citizens[citizen], story.Mortgage, uses, validity,
        preview => new ConsentChoices { Uses = uses }, cancellation);

    private async Task<RefusalReason> AskAsync(GivenConsent consent, params string[] fields) =>
        ReasonOf(await _session.QueryAsync(consent, fields.Length == 0 ? null : fields, cancellation).ConfigureAwait(false));

    private async Task MustAnswerAsync(GivenConsent consent)
    {
        if ((await _session.QueryAsync(consent, cancellationToken: cancellation).ConfigureAwait(false)).Refusal is { } refusal)
        {
            throw new RefusalException(refusal);
        }
    }

    private async Task WaitUntilAsync(DateTimeOffset moment)
    {
        while (time.GetUtcNow() < moment.AddSeconds(1))
        {
            await Task.Delay(50, cancellation).ConfigureAwait(false);
        }
    }

    private static RefusalReason ReasonOf(Answer answer) => answer.Refusal?.Reason ?? RefusalReason.None;
}
