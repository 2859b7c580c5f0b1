using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Consent;

namespace PrivChain.App.Wallets;

/// <summary>The person's own: sealed in this browser, to the node that served the page.</summary>
internal sealed class OutboxRoute(Session session) : IOutboxRoute
{
    private const string Name = "outbox";

    public Task<byte[]?> LoadAsync() => session.Kept!.LoadAsync(Name);

    public Task<bool> ChangeAsync(Func<byte[]?, (byte[] Content, int Waiting)?> change) => session.Kept!.ChangeAsync(Name, Browser.SealedStore.WaitingActs, change);

    // A node that shows an old state would get a yes that was meant for today.
    public Task PrepareAsync(CancellationToken cancellation) => session.ConfirmFreshAsync(cancellation: cancellation);

    public async Task SendAsync(WaitingAct act, CancellationToken cancellation)
    {
        if (act.IsConsent)
        {
            await session.Citizen.SendAsync(
                SignedConsent.TryParse(act.Content, out var consent) ? consent : throw new RefusalException(new Refusal(RefusalReason.Malformed, "the kept consent is not in its form")), cancellation);
        }
        else
        {
            await session.Connection!.Ledger.AppendAsync(
                Entry.TryParse(act.Content, out var entry) ? entry : throw new RefusalException(new Refusal(RefusalReason.Malformed, "the kept revocation is not in its form")), cancellation);
        }
    }

    public async Task<bool> StandsAsync(WaitingAct act, CancellationToken cancellation)
    {
        await PrepareAsync(cancellation);
        return await session.Connection!.Ledger.ReadStateAsync(
            state => act.IsConsent ? state.Consent(act.Consent) is not null : state.Consent(act.Consent)?.RevokedAt is not null, cancellationToken: cancellation);
    }
}
