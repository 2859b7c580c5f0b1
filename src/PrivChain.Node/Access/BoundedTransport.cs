using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PrivChain.Node.Access;

/// <summary>
/// Kestrel's sockets with a limit on the connections of each address that holds at every moment: one too many is closed before the next is accepted. Kestrel's own limit closes beside its accepting, so that
/// a burst has hundreds more open, each of which is a file.
/// </summary>
public static class BoundedTransport
{
    /// <summary>Lets no address of this server have more connections than that.</summary>
    /// <param name="host">The server to be made.</param>
    /// <param name="connections">For each address, above zero.</param>
    public static IWebHostBuilder UseBoundedSockets(this IWebHostBuilder host, int connections) =>
        host.ConfigureServices(services => services.AddSingleton<IConnectionListenerFactory>(provider =>
            new Factory(new SocketTransportFactory(provider.GetRequiredService<IOptions<SocketTransportOptions>>(), provider.GetRequiredService<ILoggerFactory>()), connections)));

    private sealed class Factory(SocketTransportFactory sockets, int connections) : IConnectionListenerFactory, IConnectionListenerFactorySelector
    {
        public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);

        public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            new Listener(await sockets.BindAsync(endpoint, cancellationToken), connections);
    }

    private sealed class Listener(IConnectionListener sockets, int connections) : IConnectionListener
    {
        private int _open;

        public EndPoint EndPoint => sockets.EndPoint;

        // Kestrel has one accepting at a time.
        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await sockets.AcceptAsync(cancellationToken) is { } connection)
            {
                if (Interlocked.Increment(ref _open) <= connections)
                {
                    return new Counted(connection, this);
                }

                connection.Abort();
                await connection.DisposeAsync();
                Closed();
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => sockets.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => sockets.DisposeAsync();

        public void Closed() => Interlocked.Decrement(ref _open);
    }

    // The connection as it is, and a word when its file is closed.
    private sealed class Counted(ConnectionContext connection, Listener listener) : ConnectionContext
    {
        private int _closed;

        public override string ConnectionId { get => connection.ConnectionId; set => connection.ConnectionId = value; }

        public override IFeatureCollection Features => connection.Features;

        public override IDictionary<object, object?> Items { get => connection.Items; set => connection.Items = value; }

        public override IDuplexPipe Transport { get => connection.Transport; set => connection.Transport = value; }

        public override CancellationToken ConnectionClosed { get => connection.ConnectionClosed; set => connection.ConnectionClosed = value; }

        public override EndPoint? LocalEndPoint { get => connection.LocalEndPoint; set => connection.LocalEndPoint = value; }

        public override EndPoint? RemoteEndPoint { get => connection.RemoteEndPoint; set => connection.RemoteEndPoint = value; }

        public override void Abort() => connection.Abort();

        public override void Abort(ConnectionAbortedException abortReason) => connection.Abort(abortReason);

        public override async ValueTask DisposeAsync()
        {
            await connection.DisposeAsync();
            if (Interlocked.Exchange(ref _closed, 1) == 0)
            {
                listener.Closed();
            }
        }
    }
}
