using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Governance;

namespace PrivChain.App.Wallets;

/// <summary>A regulator's keys while the page stands.</summary>
internal sealed class RegulatorSession(Session session) : OrganisationSession(session, LedgerRole.Regulator)
{
    public AccountAddress Address => Account!.Address;

    public RegulatorClient? Client => Account is null ? null : new RegulatorClient(Session.Connection!, Account);
}
