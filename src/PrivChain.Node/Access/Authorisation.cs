using Grpc.Core;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Node.Ledger;

namespace PrivChain.Node.Access;

/// <summary>
/// The one authorisation function. Every call passes <see cref="Authorise"/> with its method before it runs, and again with each object it names: an id that is not the caller's is refused the same way on
/// every path. Things that are not the caller's to see are <see cref="RefusalReason.NotFound"/>, so that asking tells nothing.
/// </summary>
internal sealed class Authorisation(ILedgerEngine ledger, TimeProvider time)
{
    /// <summary>Whether the caller may do this with that; null means yes.</summary>
    /// <param name="method">Full gRPC method.</param>
    /// <param name="caller">The signed-in account, or null.</param>
    /// <param name="target">The object, or null before it is known.</param>
    public Refusal? Authorise(string method, AccountAddress? caller, AccessTarget? target = null)
    {
        if (!AccessTable.Rules.TryGetValue(method, out var rule))
        {
            return new Refusal(RefusalReason.NotAllowed, string.Empty);
        }

        if (rule == AccessRule.Anyone)
        {
            return null;
        }

        if (caller is not { } account)
        {
            return new Refusal(RefusalReason.NotSignedIn, string.Empty);
        }

        if (rule == AccessRule.Regulator && !Holds(LedgerRole.Regulator, account))
        {
            return new Refusal(RefusalReason.NotAllowed, string.Empty);
        }

        return target switch
        {
            null => null,
            AccessTarget.OwnEntry own => own.Signer == account ? null : new Refusal(RefusalReason.NotAllowed, string.Empty),
            AccessTarget.NewRecord record => record.Signer == account && (record.Holder == account || Holds(LedgerRole.Issuer, account)) ? null : new Refusal(RefusalReason.NotAllowed, string.Empty),
            AccessTarget.OwnAccount own => own.Account == account ? null : new Refusal(RefusalReason.NotAllowed, string.Empty),
            AccessTarget.Record record => MayReadRecord(account, record.Digest) ? null : new Refusal(RefusalReason.NotFound, string.Empty),
            AccessTarget.Consent consent => MayReadConsent(account, consent.Digest) ? null : new Refusal(RefusalReason.NotFound, string.Empty),
            AccessTarget.UseFor copy => ledger.Query(state => state.Use(copy.Use))?.Worker == account && Holds(LedgerRole.Regulator, copy.Regulator)
                ? null : new Refusal(RefusalReason.NotAllowed, string.Empty),
            AccessTarget.TallyFor tally => IsWorker(account) && Holds(LedgerRole.Regulator, tally.Regulator) ? null : new Refusal(RefusalReason.NotAllowed, string.Empty),
            _ => new Refusal(RefusalReason.NotAllowed, string.Empty),
        };
    }

    /// <summary>As <see cref="Authorise"/>, for a call that names an object.</summary>
    /// <exception cref="RefusalException">The caller may not.</exception>
    public void Require(ServerCallContext context, AccessTarget target)
    {
        if (Authorise(context.Method, CallGate.CallerOf(context), target) is { } refusal)
        {
            throw new RefusalException(refusal);
        }
    }

    /// <summary>True for an account that works for many people: broker, worker or issuer.</summary>
    public bool IsTrusted(AccountAddress account) => IsEnclave(account) || Holds(LedgerRole.Issuer, account);

    /// <summary>True for any account with a role on the ledger.</summary>
    public bool HasRole(AccountAddress account) => RoleOf(account) != RefusedRole.None;

    /// <summary>The account's role on the ledger now; of several the first in this order.</summary>
    public RefusedRole RoleOf(AccountAddress account) =>
        IsEnclave(account) ? RefusedRole.Enclave
        : Holds(LedgerRole.Issuer, account) ? RefusedRole.Issuer
        : Holds(LedgerRole.Institution, account) ? RefusedRole.Institution
        : Holds(LedgerRole.Regulator, account) ? RefusedRole.Regulator
        : ledger.Genesis.IsGovernor(account) ? RefusedRole.Governor
        : RefusedRole.None;

    private bool MayReadRecord(AccountAddress account, Digest record) =>
        ledger.Query(state => state.Record(record) is { } anchored && (anchored.Holder == account || anchored.Issuer == account)) || IsEnclave(account);

    private bool MayReadConsent(AccountAddress account, Digest consent) =>
        ledger.Query(state => state.Consent(consent)?.Granter == account) || IsEnclave(account);

    private bool IsEnclave(AccountAddress account) => Holds(LedgerRole.Broker, account) || IsWorker(account);

    // A worker is whoever a broker has recorded a session for, while it lasts and while its measurement is enrolled.
    private bool IsWorker(AccountAddress account) => ledger.Query(state => state.Session(account) is { } session && session.NotBefore <= Now / 1000 && session.NotAfter >= Now / 1000
        && state.Holds(LedgerRole.Measurement, AccountAddress.Zero, session.Measurement, Math.Max(Now, state.Time)));

    private bool Holds(LedgerRole role, AccountAddress account) => ledger.Query(state => state.Holds(role, account, Math.Max(Now, state.Time)));

    private ulong Now => UnixTime.Milliseconds(time.GetUtcNow());
}
