using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Broker;
using PrivChain.Enclave.Node;

namespace PrivChain.Enclave.Worker;

/// <summary>
/// One batch from queries to answers: keys from the broker, fields opened and verified, contract computed, delivery recorded, and only then answers sealed. Equal
/// queries (same session, consent and fields) share one use, one answer and one receipt.
/// </summary>
internal sealed class QueryProcessor(Genesis genesis, IKeyBroker broker, IWorkerNodes nodes, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly LedgerDomain _domain = genesis.Domain;

    /// <summary>Answers or refuses every query of the batch.</summary>
    public Task ProcessAsync(IReadOnlyList<PendingQuery> batch, CancellationToken cancellation) =>

        // One worker at a time: around a renewal, sessions of two may be in one batch.
        Task.WhenAll(batch.GroupBy(query => query.Session.Worker).Select(group => ProcessAsync(group.Key, [.. group], cancellation)));

    private async Task ProcessAsync(RunningWorker worker, List<PendingQuery> queries, CancellationToken cancellation)
    {
        var groups = queries.GroupBy(query => (query.Session, query.Query.Consent, string.Join('\n', query.Query.Fields))).Select(group => group.ToList()).ToList();
        var requests = groups.Select(group => new ReleaseRequest
        {
            Consent = group[0].Query.Consent,
            Opening = group[0].Session.Opening,
            OpeningSignature = group[0].Session.Signature,
            Queries = [.. group.Select(query => query.Query)],
        }).ToList();
        var outcomes = await broker.ReleaseAsync(requests, cancellation).ConfigureAwait(false);

        var works = new List<Task<Delivery?>>();
        for (var i = 0; i < groups.Count; i++)
        {
            var group = groups[i];
            foreach (var refused in group.Zip(outcomes[i].Refused).Where(pair => pair.Second != RefusalReason.None).GroupBy(pair => pair.Second, pair => pair.First))
            {
                group[0].Session.Refuse([.. refused], refused.Key, outcomes[i].AnswerSize);
            }

            works.AddRange(outcomes[i].Releases.Select(release => ComputeAsync(worker, release, [.. release.Queries.Select(position => group[position])], cancellation)));
        }

        var deliveries = (await Task.WhenAll(works).ConfigureAwait(false)).OfType<Delivery>().ToList();
        await DeliverAsync(worker, deliveries, cancellation).ConfigureAwait(false);
    }

    // Null when there is no answer: its queries were refused then.
    private async Task<Delivery?> ComputeAsync(RunningWorker worker, Release release, IReadOnlyList<PendingQuery> queries, CancellationToken cancellation)
    {
        var delivery = await AnswerAsync(worker, release, queries, cancellation).ConfigureAwait(false);
        if (delivery.Accepted)
        {
            return delivery.Value;
        }

        queries[0].Session.Refuse(queries, delivery.Reason, release.AnswerSize);
        return null;
    }

    private async Task<Verdict<Delivery>> AnswerAsync(RunningWorker worker, Release release, IReadOnlyList<PendingQuery> queries, CancellationToken cancellation)
    {
        using var limit = new Limit(Patience, time, cancellation);
        var sources = await SourcesAsync(worker, release, limit.Token).ConfigureAwait(false);
        if (!sources.Accepted)
        {
            return sources.Refusal;
        }

        if (!SealedBox.TryOpen(worker.SessionKey, Labels.Release, Release.Context(_domain.LedgerId, release.Use), release.SealedShare, out var plaintext))
        {
            return Verdict<Delivery>.Refuse(RefusalReason.CannotOpen, "release");
        }

        var secret = Array.Empty<byte>();
        try
        {
            if (!KeyShare.TryParse(plaintext, out var share))
            {
                return Verdict<Delivery>.Refuse(RefusalReason.Malformed, "release");
            }

            using (share)
            {
                secret = share.PseudonymSecret.ToArray();
                var answer = ReleasedFields.Compute(release, queries[0].Query, share, secret, sources.Value);
                return answer.Accepted ? Deliver(worker, release, queries, share.CitizenKey, answer.Value) : answer.Refusal;
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private async Task<Verdict<Dictionary<string, SourceRecord>>> SourcesAsync(RunningWorker worker, Release release, CancellationToken cancellation)
    {
        var sources = new Dictionary<string, SourceRecord>(StringComparer.Ordinal);
        for (var i = 0; i < release.Contract.Records.Length; i++)
        {
            var schema = release.Contract.Records[i];
            if (!release.Contract.Shows.Any(field => field.Record.Id == schema.Id && release.Details.Fields.Contains(field.Name, StringComparer.Ordinal)))
            {
                continue;
            }

            var source = await nodes.Of(worker).Records.GetAsync(
                release.Details.Records[i], schema, release.Contract.AcceptsSelfAsserted(schema), release.UseTime, cancellation).ConfigureAwait(false);
            if (!source.Accepted)
            {
                return source.Refusal;
            }

            sources.Add(schema.Id, source.Value);
        }

        return sources;
    }

    private Delivery Deliver(RunningWorker worker, Release release, IReadOnlyList<PendingQuery> queries, HpkePublicKey citizenKey, ComputedAnswer answer)
    {
        // Random, so that nobody can find a short answer by trying.
        var salt = new Digest(RandomNumberGenerator.GetBytes(Digest.Size));
        var core = new ReceiptCore
        {
            CitizenKey = release.Details.CitizenKey,
            Consent = queries[0].Query.Consent,
            Contract = release.Contract.Digest,
            Controller = release.Contract.Controller,
            Evidence = worker.Admitted.Details.Evidence,
            EvidenceKind = worker.Admitted.EvidenceKind,
            Fields = answer.Fields,
            Forms = answer.Forms,
            Issuers = answer.Issuers,
            Ledger = _domain.LedgerId,
            Measurement = worker.Admitted.Measurement,
            Output = AnswerEnvelope.OutputDigest(_domain.Suite, salt, answer.Answer.Span),
            Queries = release.QueriesRoot,
            Records = answer.Records,
            RecipientKey = queries[0].Session.Opening.RecipientKey,
            SessionKey = worker.Admitted.Details.SessionKey,
            Use = release.Use,
            Worker = worker.Account.Address,
        };
        return new Delivery
        {
            Release = release, Queries = queries, CitizenKey = citizenKey, Answer = answer.Answer, Salt = salt, Core = core.ToArray(),
        };
    }

    private async Task DeliverAsync(RunningWorker worker, IReadOnlyList<Delivery> deliveries, CancellationToken cancellation)
    {
        using var limit = new Limit(Patience, time, cancellation);
        var signer = new EntrySigner(_domain, worker.Account);
        var entries = deliveries.Select(delivery => signer.Deliver(delivery.Release.Use, ReceiptCore.DigestOf(_domain.Suite, delivery.Core))).ToList();
        var recorded = await PersistentAppend.RunAsync(nodes.Of(worker).Node, entries, time, limit.Token).ConfigureAwait(false);

        var answered = new List<(Delivery Delivery, AnswerEnvelope Envelope)>();
        foreach (var (delivery, index) in deliveries.Zip(recorded))
        {
            var session = delivery.Queries[0].Session;
            if (!index.Accepted)
            {
                session.Refuse(delivery.Queries, index.Reason, delivery.Release.AnswerSize);
                continue;
            }

            var envelope = new AnswerEnvelope
            {
                Queries = delivery.Release.QueriesRoot,
                Reason = RefusalReason.None,
                Answer = delivery.Answer,
                OutputSalt = delivery.Salt,
                ReceiptCore = delivery.Core,
                UseIndex = delivery.Release.UseIndex,
                DeliveryIndex = index.Value,
            };
            session.Answer(delivery.Queries, envelope, delivery.Release.AnswerSize);
            answered.Add((delivery, envelope));
        }

        var node = nodes.Of(worker).Node;
        await Task.WhenAll(
            AnswerCopies.SendAsync(node, [.. answered.Select(answer => Copy(worker, answer.Delivery, answer.Envelope))], time, cancellation),
            SendAuditCopiesAsync(worker, node, answered.Select(answer => answer.Delivery), cancellation)).ConfigureAwait(false);
    }

    private async Task SendAuditCopiesAsync(RunningWorker worker, INode node, IEnumerable<Delivery> deliveries, CancellationToken cancellation) =>
        await AuditCopies.SendAsync(node, await AuditCopiesAsync(worker, deliveries, cancellation).ConfigureAwait(false), time, cancellation).ConfigureAwait(false);

    // One for each regulator whose approval the contract has. What is sealed here holds neither the answer nor its salt.
    private async Task<IReadOnlyList<SealedAuditCopy>> AuditCopiesAsync(RunningWorker worker, IEnumerable<Delivery> deliveries, CancellationToken cancellation)
    {
        var copies = new List<SealedAuditCopy>();
        foreach (var delivery in deliveries)
        {
            var release = delivery.Release;
            var auditors = await nodes.Of(worker).Auditors.OfAsync(release.Contract.Digest, release.UseTime, cancellation).ConfigureAwait(false);
            if (auditors.Count == 0)
            {
                continue;
            }

            var copy = new AuditCopy
            {
                ReceiptCore = delivery.Core,
                Query = delivery.Queries[0].Query.ToArray(),
                Path = QueryDocument.TreeOf(_domain.Suite, delivery.Queries.Select(query => query.Digest)).InclusionProof(0, (ulong)delivery.Queries.Count),
            }.ToArray();
            copies.AddRange(auditors.Select(auditor => new SealedAuditCopy(release.Use, auditor.Account, InboxMessage.Seal(
                _domain, worker.Account, auditor.Account, auditor.Key, InboxMessageKind.AuditCopy, release.UseTime / 1000, copy, AuditCopy.PaddedSizeFor(release.Contract)))));
        }

        return copies;
    }

    // The size that the institution's answer has, so both look alike.
    private (AccountAddress To, byte[] Box) Copy(RunningWorker worker, Delivery delivery, AnswerEnvelope envelope)
    {
        var release = delivery.Release;
        var bytes = envelope.ToArray();
        try
        {
            return (release.Granter, InboxMessage.Seal(
                _domain, worker.Account, release.Granter, delivery.CitizenKey, InboxMessageKind.AnswerCopy, release.UseTime / 1000, bytes, release.AnswerSize));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
