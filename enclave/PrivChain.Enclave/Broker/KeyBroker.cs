using System.Collections.Concurrent;
using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Evidence;
using PrivChain.Enclave.Follow;
using PrivChain.Enclave.Node;
using PrivChain.Enclave.State;

namespace PrivChain.Enclave.Broker;

/// <summary>
/// The key broker: records a use first, waits until its own follower has that entry under a witnessed checkpoint, asks <see cref="ReleaseRules"/>, and only then
/// opens the key box. Field keys live from there to the end of that call.
/// </summary>
internal sealed class KeyBroker : IKeyBroker
{
    /// <summary>Longest time from the request to the witnessed use.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private const long CacheBytes = 64 * 1024 * 1024;
    private const int KeptOpenings = 4096;

    private readonly Genesis _genesis;
    private readonly LedgerDomain _domain;
    private readonly BrokerSecrets _secrets;
    private readonly EntrySigner _signer;
    private readonly INode _node;
    private readonly LedgerView _ledger;
    private readonly IEnclaveEvidence _evidence;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<AccountAddress, AdmittedWorker> _workers = new();
    private readonly DigestCache<PrivacyContract> _contracts = new(CacheBytes);
    private readonly DigestCache<ConsentPackage> _packages = new(CacheBytes);
    private readonly DigestCache<QuerySession> _signedOpenings = new(KeptOpenings);

    public KeyBroker(Genesis genesis, BrokerSecrets secrets, INode node, LedgerView ledger, IEnclaveEvidence evidence, TimeProvider time)
    {
        _genesis = genesis;
        _domain = genesis.Domain;
        _secrets = secrets;
        _signer = new EntrySigner(_domain, secrets.Account);
        _node = node;
        _ledger = ledger;
        _evidence = evidence;
        _time = time;
    }

    /// <inheritdoc/>
    public async Task<Verdict<AdmittedWorker>> AdmitAsync(WorkerCandidate candidate, CancellationToken cancellation)
    {
        var appraised = _evidence.AppraiseWorker(candidate.Evidence.Span, candidate.Account, candidate.SessionKey);
        if (!appraised.Accepted)
        {
            return appraised.Refusal;
        }

        // The host's clock chooses the start; a lie makes the session useless or short, since the ledger bounds its length and witnesses judge the time.
        var details = new SessionDetails(candidate.SessionKey.Fingerprint, _domain.Suite.DigestOf(candidate.Evidence.Span));
        var now = UnixTime.Seconds(_time.GetUtcNow());
        var notBefore = now - Math.Min(now, Math.Min(30, _genesis.MaxSessionSeconds / 4));
        var entry = _signer.Session(candidate.Account, appraised.Value.Measurement, notBefore, notBefore + _genesis.MaxSessionSeconds, details);
        using var limit = new Limit(Patience, _time, cancellation);
        var recorded = (await PersistentAppend.RunAsync(_node, [entry], _time, limit.Token).ConfigureAwait(false))[0];
        if (!recorded.Accepted)
        {
            return recorded.Refusal;
        }

        var witnessed = await _ledger.WaitForAsync(recorded.Value, limit.Token).ConfigureAwait(false);
        if (!witnessed.Accepted)
        {
            return witnessed.Refusal;
        }

        if (witnessed.Value.Authentic.Digest != entry.DocumentDigest)
        {
            return Verdict<AdmittedWorker>.Refuse(RefusalReason.BadProof, $"entry {recorded.Value} is not the session");
        }

        var worker = new AdmittedWorker
        {
            Account = candidate.Account,
            SessionKey = candidate.SessionKey,
            Details = details,
            EvidenceKind = appraised.Value.Kind,
            Measurement = appraised.Value.Measurement,
            NotAfter = entry.NotAfter,
            Index = recorded.Value,
        };
        _workers[worker.Account] = worker;
        return worker;
    }

    /// <inheritdoc/>
    public void Dismiss(AccountAddress worker) => _workers.TryRemove(worker, out _);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReleaseOutcome>> ReleaseAsync(IReadOnlyList<ReleaseRequest> requests, CancellationToken cancellation)
    {
        using var limit = new Limit(Patience, _time, cancellation);
        var refused = requests.Select(request => new RefusalReason[request.Queries.Count]).ToList();
        var sizes = Enumerable.Repeat(AnswerEnvelope.SmallestClass, requests.Count).ToArray();
        var planned = await Task.WhenAll(requests.Select((request, i) => PlanAsync(i, request, refused[i], sizes, limit.Token))).ConfigureAwait(false);
        var uses = planned.OfType<PlannedUse>().ToList();
        await RecordAndReleaseAsync(uses, limit.Token).ConfigureAwait(false);

        // Others spent uses or points between our look and our entry: as many as still fit, one by one.
        var single = uses.Where(use => use.Reason is RefusalReason.Exhausted or RefusalReason.TooFewPoints && use.Positions.Count > 1)
            .SelectMany(use => use.Positions.Select(position => Use(use.Request, requests[use.Request], use.Consent, [position]))).ToList();
        await RecordAndReleaseAsync(single, limit.Token).ConfigureAwait(false);

        // A later attempt overrides the earlier one of the same query.
        foreach (var use in uses.Concat(single))
        {
            foreach (var position in use.Positions)
            {
                refused[use.Request][position] = use.Release is not null ? RefusalReason.None : use.Reason;
            }
        }

        var releases = uses.Concat(single).Where(use => use.Release is not null).ToLookup(use => use.Request, use => use.Release!);
        return [.. requests.Select((_, i) => new ReleaseOutcome([.. releases[i]], refused[i], sizes[i]))];
    }

    // Gathers, judges, and gives the use to record; null when no query is left.
    private async Task<PlannedUse?> PlanAsync(int position, ReleaseRequest request, RefusalReason[] refused, int[] sizes, CancellationToken cancellation)
    {
        var prepared = await PrepareAsync(request, cancellation).ConfigureAwait(false);
        if (!prepared.Accepted)
        {
            Array.Fill(refused, prepared.Reason);
            return null;
        }

        var consent = prepared.Value;
        if (consent.Contract is { } known && AnswerEnvelope.PaddedSizeFor(known) is { } size)
        {
            sizes[position] = size;
        }

        var seen = new HashSet<Digest>();
        for (var i = 0; i < refused.Length; i++)
        {
            var query = request.Queries[i];
            refused[i] = !seen.Add(query.Digest) ? RefusalReason.Conflict
                : consent.Details is { } details && consent.Contract is { } contract ? ReleaseRules.JudgeQuery(query, request.Consent, details, contract)
                : RefusalReason.None;
        }

        var fitting = Enumerable.Range(0, refused.Length).Where(i => refused[i] == RefusalReason.None).ToList();
        if (fitting.Count == 0)
        {
            return null;
        }

        var whole = Use(position, request, consent, fitting);
        var clock = UnixTime.Milliseconds(_time.GetUtcNow());
        var judged = await _ledger.ReadAsync(state => ReleaseRules.Admit(state, whole.Case, clock), cancellation).ConfigureAwait(false);

        // Fewer uses left than queries: the first ones get them.
        if (judged.Accepted && judged.Value == RefusalReason.Exhausted && consent.UsesLeft > 0 && consent.UsesLeft < fitting.Count)
        {
            foreach (var late in fitting.Skip((int)consent.UsesLeft))
            {
                refused[late] = RefusalReason.Exhausted;
            }

            return Use(position, request, consent, fitting.Take((int)consent.UsesLeft).ToList());
        }

        var reason = judged.Accepted ? judged.Value : judged.Reason;
        if (reason is RefusalReason.None || reason is RefusalReason.TooFewPoints && fitting.Count > 1)
        {
            return whole;
        }

        foreach (var i in fitting)
        {
            refused[i] = reason;
        }

        return null;
    }

    private async Task<Verdict<PreparedConsent>> PrepareAsync(ReleaseRequest request, CancellationToken cancellation)
    {
        try
        {
            var grant = await _ledger.ReadAsync(
                state => state.Consent(request.Consent) is { } found ? (found.Contract, found.Granter, found.Details, found.UsesLeft) : default, cancellation).ConfigureAwait(false);
            if (!grant.Accepted)
            {
                return grant.Refusal;
            }

            var (contractDigest, granter, detailsHash, usesLeft) = grant.Value;
            if (granter.IsZero)
            {
                return Verdict<PreparedConsent>.Refuse(RefusalReason.UnknownReference, "no such consent");
            }

            var package = await PackageAsync(request.Consent, detailsHash, cancellation).ConfigureAwait(false);
            var contract = await ContractAsync(contractDigest, cancellation).ConfigureAwait(false);
            _workers.TryGetValue(request.Opening.Worker, out var worker);
            return new PreparedConsent(granter, usesLeft, worker, package, Details(request.Consent, package), contract, IsSigned(request));
        }
        catch (RefusalException exception)
        {
            return exception.Refusal;
        }
        catch (OperationCanceledException)
        {
            return Verdict<PreparedConsent>.Refuse(RefusalReason.Unavailable, "no answer in time");
        }
    }

    private PlannedUse Use(int position, ReleaseRequest request, PreparedConsent consent, IReadOnlyList<int> positions)
    {
        var queries = positions.Select(i => request.Queries[i]).ToList();
        var entry = _signer.Use(request.Consent, request.Opening.Worker, (uint)queries.Count, QueryDocument.TreeOf(_domain.Suite, queries.Select(query => query.Digest)).Root());
        return new PlannedUse(position, positions, consent, new ReleaseCase
        {
            Broker = _secrets.Account.Address,
            Worker = consent.Worker,
            Opening = request.Opening,
            OpeningIsSigned = consent.OpeningIsSigned,
            Consent = request.Consent,
            Details = consent.Details,
            Package = consent.Package,
            Contract = consent.Contract,
            Queries = queries,
            Use = AuthenticEntry.Authenticate(entry, _domain).OrThrow(),
        });
    }

    private async Task RecordAndReleaseAsync(IReadOnlyList<PlannedUse> uses, CancellationToken cancellation)
    {
        var recorded = await PersistentAppend.RunAsync(_node, [.. uses.Select(use => use.Case.Use.Entry)], _time, cancellation).ConfigureAwait(false);
        await Task.WhenAll(uses.Select((use, i) => ReleaseAsync(use, recorded[i], cancellation))).ConfigureAwait(false);
    }

    private async Task ReleaseAsync(PlannedUse use, Verdict<ulong> recorded, CancellationToken cancellation)
    {
        if (!recorded.Accepted)
        {
            use.Reason = recorded.Reason;
            return;
        }

        var witnessed = await _ledger.WaitForAsync(recorded.Value, cancellation).ConfigureAwait(false);
        if (!witnessed.Accepted)
        {
            use.Reason = witnessed.Reason;
            return;
        }

        var decided = await _ledger.ReadAsync(state => ReleaseRules.Decide(state, use.Case, witnessed.Value), cancellation).ConfigureAwait(false);
        use.Reason = decided.Accepted ? decided.Value : decided.Reason;
        if (use.Reason != RefusalReason.None)
        {
            return;
        }

        var box = SealShare(use.Case, use.Consent.Granter);
        use.Reason = box.Reason;
        if (box.Accepted)
        {
            use.Release = new Release
            {
                Queries = use.Positions,
                Use = use.Case.Use.Digest,
                QueriesRoot = use.Case.Use.Entry.Details,
                UseIndex = witnessed.Value.Index,
                UseTime = witnessed.Value.Authentic.Entry.Time,
                Granter = use.Consent.Granter,
                Contract = use.Case.Contract!,
                AnswerSize = AnswerEnvelope.PaddedSizeFor(use.Case.Contract!)!.Value,
                Details = use.Case.Details!,
                SealedShare = box.Value,
            };
        }
    }

    // The only place where field keys are in the clear on this side.
    private Verdict<byte[]> SealShare(ReleaseCase asked, AccountAddress granter)
    {
        var details = asked.Details!;
        var context = ConsentPackage.KeyContext(_domain.LedgerId, asked.Contract!.Digest, granter);
        if (!SealedBox.TryOpen(_secrets.DecryptionKey, Labels.KeyPackage, context, asked.Package!.Boxes[0].KeyBox, out var plaintext))
        {
            return Verdict<byte[]>.Refuse(RefusalReason.CannotOpen, "key box");
        }

        try
        {
            if (!KeyShare.TryParse(plaintext, out var share))
            {
                return Verdict<byte[]>.Refuse(RefusalReason.Malformed, "key share");
            }

            using (share)
            {
                var reason = ReleaseRules.JudgeShare(_domain.Suite, share, details);
                if (reason != RefusalReason.None)
                {
                    return Verdict<byte[]>.Refuse(reason, "key share");
                }

                using var named = NamedKeys(share, details, asked.Contract);
                var bytes = named.ToArray();
                try
                {
                    return SealedBox.Seal(asked.Worker!.SessionKey, Labels.Release, Release.Context(_domain.LedgerId, asked.Use.Digest), bytes);
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(bytes);
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    // Keys of the issuer's token and of the fields that the consent names; a citizen's app that handed over more gets no more released.
    private static KeyShare NamedKeys(KeyShare share, ConsentDetails details, PrivacyContract contract)
    {
        var named = new HashSet<(Digest Record, ushort Part)>();
        foreach (var field in details.Fields.Select(name => contract.Find(name)!))
        {
            var record = details.Records[contract.Records.IndexOf(field.Record)];
            named.Add((record, RecordKeys.IssuerPart));
            named.Add((record, (ushort)(field.Record.IndexOf(field.Field.Name) + 1)));
        }

        var keys = new List<(Digest Record, ushort Part, byte[] Key)>();
        try
        {
            foreach (var (record, part) in share.Parts.Where(named.Contains))
            {
                share.TryGetKey(record, part, out var key);
                keys.Add((record, part, key.ToArray()));
            }

            return KeyShare.Create(share.CitizenKey, share.PseudonymSecret, share.DetailsSalt, keys);
        }
        finally
        {
            keys.ForEach(key => CryptographicOperations.ZeroMemory(key.Key));
        }
    }

    private ConsentDetails? Details(Digest consent, ConsentPackage? package)
    {
        var box = package?.Boxes.FirstOrDefault(item => item.Broker == _secrets.Account.Address)?.DetailsBox;
        return box is not null
            && SealedBox.TryOpen(_secrets.DecryptionKey, Labels.ConsentDetails, ConsentPackage.DetailsContext(_domain.LedgerId, consent), box, out var plaintext)
            && ConsentDetails.TryParse(plaintext, out var details)
                ? details
                : null;
    }

    private bool IsSigned(ReleaseRequest request)
    {
        var opening = request.Opening;
        var hash = opening.StructHash(_domain.Suite);

        // The key covers the signature too: one bad signature must not ride on a good one.
        var key = Digest.Sha256(Labels.QuerySession, hash.ToArray(), request.OpeningSignature.ToArray());
        if (_signedOpenings.TryGet(key, out _))
        {
            return true;
        }

        if (!_domain.Verify(opening.Institution, hash, request.OpeningSignature))
        {
            return false;
        }

        _signedOpenings.Put(key, opening, 1);
        return true;
    }

    private async Task<PrivacyContract?> ContractAsync(Digest digest, CancellationToken cancellation)
    {
        if (_contracts.TryGet(digest, out var held))
        {
            return held;
        }

        var text = await _node.GetDocumentAsync(digest, cancellation).ConfigureAwait(false);
        var parsed = PrivacyContract.Parse(text, SchemaCatalog.BuiltIn, _domain.Suite);
        if (!parsed.Accepted)
        {
            return null;
        }

        // Kept under the digest it was asked for only when it has it; the rules compare again.
        if (parsed.Value.Digest == digest)
        {
            _contracts.Put(digest, parsed.Value, text.Length);
        }

        return parsed.Value;
    }

    private async Task<ConsentPackage?> PackageAsync(Digest consent, Digest detailsHash, CancellationToken cancellation)
    {
        if (_packages.TryGet(consent, out var held))
        {
            return held;
        }

        var bytes = await _node.GetConsentPackageAsync(consent, cancellation).ConfigureAwait(false);
        if (!ConsentPackage.TryParse(bytes, out var package))
        {
            return null;
        }

        // A wrong package must not stay: only one whose details belong to this consent is kept.
        if (Details(consent, package) is { } details && details.StructHash(_domain.Suite) == detailsHash && details.KeyPackage == package.KeyBoxesDigest(_domain.Suite))
        {
            _packages.Put(consent, package, bytes.Length);
        }

        return package;
    }
}
