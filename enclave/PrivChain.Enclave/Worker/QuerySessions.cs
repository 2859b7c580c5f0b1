using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Broker;
using PrivChain.Enclave.Follow;
using PrivChain.Schemas.V1;
using Hpke = PrivChain.Core.Hpke.Hpke;

namespace PrivChain.Enclave.Worker;

/// <summary>Opens query sessions: at most so many at once, each opening only once.</summary>
internal sealed class QuerySessions(Genesis genesis, WorkerKeeper workers, LedgerView ledger, TimeProvider time)
{
    /// <summary>Most sessions open at once.</summary>
    public const int MaxSessions = 256;

    private const int MaxKey = 4096;
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromSeconds(1);

    private readonly LedgerDomain _domain = genesis.Domain;
    private readonly Lock _lock = new();
    private readonly HashSet<Digest> _seen = [];
    private readonly Queue<(Digest Encapsulated, ulong Until)> _seenOrder = new();
    private int _open;

    /// <summary>Info of both HPKE contexts of a session.</summary>
    public static byte[] Info(string label, Digest ledgerId, AccountAddress worker, AccountAddress institution) =>
        [.. Encoding.ASCII.GetBytes(label), 0, .. QuerySession.HpkeContext(ledgerId, worker, institution)];

    /// <summary>Opens a session, or says why not. The caller disposes it.</summary>
    public async Task<Verdict<OpenSession>> OpenAsync(SessionOpen received, CancellationToken cancellation)
    {
        if (workers.Current is not { } worker || ledger.Stopped is not null)
        {
            return Verdict<OpenSession>.Refuse(RefusalReason.Unavailable, "no worker session yet");
        }

        if (received.Institution.Length != AccountAddress.Size || received.RecipientKey.Length > MaxKey
            || !HpkePublicKey.TryParse(received.RecipientKey.Span, out var recipient))
        {
            return Verdict<OpenSession>.Refuse(RefusalReason.Malformed, "session opening");
        }

        if (!_domain.Suite.Uses(recipient.Kem))
        {
            return _domain.Suite.Refusal("the institution's key");
        }

        if (_domain.Suite.RefusalOfLength(received.Signature.Length, "the opening's signature") is { } foreign)
        {
            return foreign;
        }

        if (!AccountSignature.TryParse(_domain.Suite, received.Signature.Span, out var signature))
        {
            return Verdict<OpenSession>.Refuse(RefusalReason.Malformed, "session opening");
        }

        var now = UnixTime.Seconds(time.GetUtcNow());
        if (Difference(now, received.OpenedAt) > QuerySession.MaxSkewSeconds)
        {
            return Verdict<OpenSession>.Refuse(RefusalReason.ClockSkew, $"opened at {received.OpenedAt}, now {now}");
        }

        var opening = new QuerySession(
            new AccountAddress(received.Institution.Span),
            worker.Account.Address,
            worker.SessionKey.PublicKey.Fingerprint,
            _domain.Suite.DigestOf(received.Encapsulated.Span),
            recipient.Fingerprint,
            received.OpenedAt);
        if (!_domain.Verify(opening.Institution, opening.StructHash(_domain.Suite), signature))
        {
            return Verdict<OpenSession>.Refuse(RefusalReason.BadSignature, "session opening");
        }

        // The key on the ledger, not one of the caller's choice: an answer goes nowhere else.
        var enrolled = await ledger.ReadAsync(
            state => !state.Holds(LedgerRole.Institution, opening.Institution, state.Time) ? RefusalReason.NotEnrolled
                : state.Holds(LedgerRole.Institution, opening.Institution, opening.RecipientKey, state.Time) ? RefusalReason.None
                : RefusalReason.WrongRecipient,
            cancellation).ConfigureAwait(false);
        var reason = enrolled.Accepted ? enrolled.Value : enrolled.Reason;
        if (reason != RefusalReason.None)
        {
            return Verdict<OpenSession>.Refuse(reason, "institution");
        }

        reason = Enter(opening, now);
        if (reason != RefusalReason.None)
        {
            return Verdict<OpenSession>.Refuse(reason, "session opening");
        }

        if (!Hpke.TrySetupReceiver(
            worker.SessionKey, received.Encapsulated.Span, Info(Labels.QuerySession, _domain.LedgerId, opening.Worker, opening.Institution), out var receiver))
        {
            Leave();
            return Verdict<OpenSession>.Refuse(RefusalReason.CannotOpen, "encapsulation");
        }

        var sender = Hpke.SetupSender(
            recipient, Info(Labels.AnswerToInstitution, _domain.LedgerId, opening.Worker, opening.Institution), out var encapsulated);
        return new OpenSession(worker, opening, signature, receiver, sender, encapsulated, Leave);
    }

    /// <summary>
    /// Waits a moment for a consent that our follower has not reached yet: an institution may learn of it a little earlier. Done before batching, so that only the
    /// session that asks waits.
    /// </summary>
    public async Task CatchUpAsync(Digest consent, CancellationToken cancellation)
    {
        using var limit = new Limit(CatchUpLimit, time, cancellation);
        while (true)
        {
            var advanced = ledger.Advanced;
            var known = await ledger.ReadAsync(state => state.Consent(consent) is not null, limit.Token).ConfigureAwait(false);
            if (!known.Accepted || known.Value || !await LedgerView.HappenedAsync(advanced, limit.Token).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    // Counts the session and remembers the opening for as long as its time would let it pass.
    private RefusalReason Enter(QuerySession opening, ulong now)
    {
        lock (_lock)
        {
            while (_seenOrder.TryPeek(out var oldest) && oldest.Until < now)
            {
                _seen.Remove(_seenOrder.Dequeue().Encapsulated);
            }

            if (_open >= MaxSessions)
            {
                return RefusalReason.Overloaded;
            }

            if (!_seen.Add(opening.Encapsulated))
            {
                return RefusalReason.AlreadyRecorded;
            }

            // Remembered from now on, not from its own time: twice the skew covers the latest moment at which it could pass again.
            _seenOrder.Enqueue((opening.Encapsulated, now + (2 * QuerySession.MaxSkewSeconds)));
            _open++;
            return RefusalReason.None;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            _open--;
        }
    }

    private static ulong Difference(ulong left, ulong right) => left > right ? left - right : right - left;
}
