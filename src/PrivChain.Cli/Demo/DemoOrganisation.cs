using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Connection;

namespace PrivChain.Cli.Demo;

/// <summary>An organisation of the story, with keys and a connection of its own: none of them leans on what another one verified.</summary>
internal sealed class DemoOrganisation : IDisposable
{
    public DemoOrganisation(LedgerRole role, string nameEn, string nameZh, string contact, string postalAddress, PrivChainConnection connection)
    {
        Role = role;
        Keys = RoleKeys.Generate(connection.Domain.Suite);
        Connection = connection;
        Profile = Keys.Profile(nameEn, nameZh, contact, postalAddress, "CN", role == LedgerRole.Issuer);
    }

    public LedgerRole Role { get; }

    public string Name => $"{Profile.NameEn} {Profile.NameZh}";

    public AccountAddress Account => Keys.Account.Address;

    public RoleKeys Keys { get; }

    public OrganisationProfile Profile { get; }

    public PrivChainConnection Connection { get; }

    public void Dispose()
    {
        Connection.Dispose();
        Keys.Dispose();
    }
}
