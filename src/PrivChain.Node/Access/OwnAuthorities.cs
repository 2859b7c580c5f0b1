using System.Collections.Frozen;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using PrivChain.Core.SignIn;

namespace PrivChain.Node.Access;

/// <summary>
/// Hosts and ports by which this node is reached: where it listens, and the names of what its operator put before it. A sign-in is written for one of these only. Otherwise a relay
/// could ask for one under its own address, and the client that dialled the relay would find nothing wrong with it.
/// </summary>
internal sealed class OwnAuthorities(IServer server, NodeOptions options)
{
    // Read at the first sign-in: a free port is known only once it is bound.
    private readonly Lazy<FrozenSet<string>> _all = new(() => server.Features.Get<IServerAddressesFeature>()!.Addresses
        .Select(address => new Uri(address))
        .SelectMany(address => new[] { address, new UriBuilder(address) { Host = "localhost" }.Uri })
        .Select(SignInMessage.AuthorityOf)
        .Concat(options.PublicNames)
        .ToFrozenSet(StringComparer.Ordinal));

    public bool Contains(string authority) => _all.Value.Contains(authority);
}
