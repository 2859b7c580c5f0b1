using PrivChain.Core.Keys;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Consent;

namespace PrivChain.Cli.Demo;

/// <summary>A person of the story, with a phrase of their own.</summary>
internal sealed class DemoCitizen : IDisposable
{
    private readonly Wallet _wallet;

    public DemoCitizen(string name, PrivChainConnection connection)
    {
        Name = name;
        using var phrase = Mnemonic.Generate();
        _wallet = Wallet.Open(phrase, suite: connection.Domain.Suite).OrThrow();
        Client = new CitizenClient(connection, _wallet);
    }

    public string Name { get; }

    public CitizenClient Client { get; }

    public void Dispose()
    {
        Client.Dispose();
        _wallet.Dispose();
    }
}
