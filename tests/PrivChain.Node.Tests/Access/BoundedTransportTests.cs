using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using PrivChain.Node.Access;

namespace PrivChain.Node.Tests.Access;

/// <summary>Connections up to the limit are served, one more is cut, and each that goes makes room for another, however often.</summary>
[TestClass]
public sealed class BoundedTransportTests
{
    private const int Limit = 2;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task OneTooMany_IsCut_AndWhoeverGoesMakesRoom()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseBoundedSockets(Limit).ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Run(EchoAsync)));
        await using var server = builder.Build();
        await server.StartAsync(TestContext.CancellationToken);
        var address = new IPEndPoint(IPAddress.Loopback, new Uri(server.Urls.Single()).Port);

        var held = new Queue<Socket>();
        for (var i = 0; i < Limit; i++)
        {
            held.Enqueue(await ServedAsync(address));
        }

        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < 3; i++)
            {
                using var cut = await AnswerAsync(address);
                Assert.IsNull(cut, "one too many was served");
            }

            held.Dequeue().Dispose();
            held.Enqueue(await ServedAsync(address));
        }

        foreach (var socket in held)
        {
            socket.Dispose();
        }
    }

    private static async Task EchoAsync(ConnectionContext connection)
    {
        while (await connection.Transport.Input.ReadAsync() is { IsCompleted: false } read)
        {
            await connection.Transport.Output.WriteAsync(read.Buffer.First);
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
        }
    }

    // Whoever went is gone when the server has seen it.
    private async Task<Socket> ServedAsync(IPEndPoint address)
    {
        Socket? socket;
        while ((socket = await AnswerAsync(address)) is null)
        {
            TestContext.CancellationToken.ThrowIfCancellationRequested();
        }

        return socket;
    }

    // The connection when it is served; null when it was cut.
    private async Task<Socket?> AnswerAsync(IPEndPoint address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, TestContext.CancellationToken);
            await socket.SendAsync(new byte[] { 1 }, TestContext.CancellationToken);
            if (await socket.ReceiveAsync(new byte[1], TestContext.CancellationToken) == 1)
            {
                return socket;
            }
        }
        catch (SocketException)
        {
        }

        socket.Dispose();
        return null;
    }
}
