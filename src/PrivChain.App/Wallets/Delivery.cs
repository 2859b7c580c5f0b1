using PrivChain.Core.Refusals;

namespace PrivChain.App.Wallets;

/// <summary>What became of an act that was sent.</summary>
/// <param name="Act">The act, as it is kept now.</param>
/// <param name="Trouble">Null when the ledger has it, acknowledged. Otherwise why not, and it waits.</param>
/// <param name="IsBefore">True when the trouble was there before this act was sent: no other would fare better.</param>
/// <param name="IsTakenOut">True when it was taken out before it was sent from here: it does not wait any more.</param>
internal sealed record Delivery(WaitingAct Act, Refusal? Trouble, bool IsBefore = false, bool IsTakenOut = false)
{
    public bool Acknowledged => Trouble is null;

    /// <summary>What is to be said beside that it waits: that nobody answers, everybody sees.</summary>
    public Refusal? Telling => Trouble is not null && !Reachability.IsAway(Trouble.Reason) && Trouble.Reason != RefusalReason.AlreadyRecorded ? Trouble : null;
}
