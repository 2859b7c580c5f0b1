using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.SignIn;
using PrivChain.Enclave.Broker;
using PrivChain.Enclave.Evidence;
using PrivChain.Enclave.Follow;
using PrivChain.Enclave.Node;
using PrivChain.Enclave.Service;
using PrivChain.Enclave.State;
using PrivChain.Enclave.Worker;

namespace PrivChain.Enclave.Start;

/// <summary>The program: what is made, in which order, and what ends it.</summary>
internal static class EnclaveProgram
{
    private const int MaxMessage = 1024 * 1024;
    private static readonly TimeSpan StoppingLimit = TimeSpan.FromSeconds(5);

    /// <summary>Prints what governors enrol.</summary>
    public static int Measure()
    {
        var measurement = ProgramMeasurement.OfFolder(AppContext.BaseDirectory);
        StatusLine.Say("measured", ("measurement", Hex.Encode(measurement)), ("digest", EnclaveMeasurement.DigestOf(measurement).ToString()));
        return 0;
    }

    /// <summary>Serves until it is told to stop, or until something is found that it must not go on with. Gives the exit code.</summary>
    public static async Task<int> RunAsync(EnclaveOptions options, TimeProvider time)
    {
        try
        {
            return await ServeAsync(options, time).ConfigureAwait(false);
        }
        catch (RefusalException exception)
        {
            return StatusLine.Refuse(exception.Refusal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return StatusLine.Refuse(new Refusal(RefusalReason.StorageFailed, exception.Message));
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            return StatusLine.Refuse(new Refusal(RefusalReason.BadSettings, exception.Message));
        }
    }

    private static async Task<int> ServeAsync(EnclaveOptions options, TimeProvider time)
    {
        // Compiled ahead of time it was meant to use vector units; a build that lost them would follow the ledger at a fraction of the speed, and nobody would know why.
        if (!RuntimeFeature.IsDynamicCodeSupported && RuntimeInformation.ProcessArchitecture == Architecture.X64 && AuthenticEntry.SideBySide == 1)
        {
            return StatusLine.Refuse(new Refusal(RefusalReason.BadSettings, "this build of the program has no vector units"));
        }

        var genesis = Genesis.Parse(await File.ReadAllBytesAsync(options.Genesis).ConfigureAwait(false)).OrThrow();
        using var source = (await EnclaveSource.OpenAsync(options, genesis, time).ConfigureAwait(false)).OrThrow();
        var sealingKey = source.DeriveSealingKey().OrThrow();
        using var state = SealedState.OpenOrCreate(options.State, sealingKey, genesis.Domain, EnclaveEvidence.SecurityVersion).OrThrow();
        CryptographicOperations.ZeroMemory(sealingKey);
        var ledger = new LedgerView(genesis, state.Ledger);

        using var channel = Channel(options.Node);
        var invoker = channel.CreateCallInvoker();
        var authority = SignInMessage.AuthorityOf(options.Node);
        var brokerNode = new GrpcNode(invoker, genesis.Domain, authority, state.Secrets.Account, time);
        var evidence = new EnclaveEvidence(source.Evidence, new NodeCollateral(brokerNode), genesis, time);
        var broker = new KeyBroker(genesis, state.Secrets, brokerNode, ledger, evidence, time);
        using var workers = new WorkerKeeper(genesis, state.Secrets.Account.Address, broker, brokerNode, ledger, evidence, time);
        var nodes = new WorkerNodes(invoker, genesis.Domain, authority, ledger, time);
        var processor = new QueryProcessor(genesis, broker, nodes, time);
        var batcher = new QueryBatcher(processor.ProcessAsync, DroppedMemory.GiveBack, time);
        var loop = new SessionLoop(new QuerySessions(genesis, workers, ledger, time), batcher, time);

        await using var server = Server(options.Socket, new EnclaveService(ledger, state.Secrets, workers, evidence, loop));
        using var stopping = new CancellationTokenSource();
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stopping));
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stopping));
        await server.StartAsync(stopping.Token).ConfigureAwait(false);
        File.SetUnixFileMode(options.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        StatusLine.Say(
            "listening",
            ("socket", options.Socket),
            ("ledger", genesis.LedgerId.ToString()),
            ("measurement", evidence.Measurement.ToString()),
            ("evidence", source.Evidence.Kind),
            ("source", source.Origin),
            ("broker", state.Secrets.Account.Address.ToString()));

        var refusal = await WorkAsync(
            stopping,
            new LedgerTail(brokerNode, ledger, state, time).RunAsync(stopping.Token),
            workers.RunAsync(SayReady, SayRefused, stopping.Token),
            batcher.RunAsync(stopping.Token),
            new RefusalTallies(genesis.Domain, workers, nodes, time).RunAsync(stopping.Token),
            SayStoppedAsync(ledger, stopping.Token)).ConfigureAwait(false);

        using var limit = new CancellationTokenSource(StoppingLimit, time);
        await server.StopAsync(limit.Token).ConfigureAwait(false);
        File.Delete(options.Socket);
        return refusal is null ? 0 : StatusLine.Refuse(refusal);
    }

    // Ends when told to stop, or when one of the tasks fails. A ledger that broke a rule ends following and admitting, not the process: Identify says why.
    private static async Task<Refusal?> WorkAsync(CancellationTokenSource stopping, params Task[] tasks)
    {
        var stopped = Task.Delay(Timeout.Infinite, stopping.Token);
        var running = tasks.ToList();
        Refusal? refusal = null;
        while (refusal is null && running.Count > 0 && !stopping.IsCancellationRequested)
        {
            var ended = await Task.WhenAny([.. running, stopped]).ConfigureAwait(false);
            running.Remove(ended);
            refusal = ended.Exception?.InnerException switch
            {
                null => null,
                RefusalException refused => refused.Refusal,
                IOException or UnauthorizedAccessException => new Refusal(RefusalReason.StorageFailed, ended.Exception.InnerException.Message),
                { } other => new Refusal(RefusalReason.Internal, other.GetType().Name),
            };
        }

        await stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(tasks).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
        return refusal;
    }

    private static async Task SayStoppedAsync(LedgerView ledger, CancellationToken cancellation)
    {
        while (true)
        {
            var advanced = ledger.Advanced;
            if (ledger.Stopped is not null || !await LedgerView.HappenedAsync(advanced, cancellation).ConfigureAwait(false))
            {
                break;
            }
        }

        if (ledger.Stopped is { } stopped)
        {
            StatusLine.Say("ledger-refused", ("reason", stopped.Reason.ToString()), ("detail", stopped.Detail));
        }
    }

    private static void SayReady(RunningWorker worker) => StatusLine.Say(
        "ready",
        ("worker", worker.Account.Address.ToString()),
        ("session", worker.Admitted.Index.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private static void SayRefused(Refusal refusal) => StatusLine.Say("no-worker", ("reason", refusal.Reason.ToString()), ("detail", refusal.Detail));

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stopping)
    {
        // Ours to end: the state is stored and the socket removed on the way out.
        signal.Cancel = true;
        stopping.Cancel();
    }

    private static GrpcChannel Channel(Uri node) => GrpcChannel.ForAddress(node, new GrpcChannelOptions
    {
        MaxReceiveMessageSize = MaxMessage,

        // The node is on this machine and comes back in seconds: never two minutes between tries.
        InitialReconnectBackoff = TimeSpan.FromMilliseconds(100),
        MaxReconnectBackoff = TimeSpan.FromSeconds(2),
        HttpHandler = new SocketsHttpHandler
        {
            // No proxy, no cookies, no redirects: the node's address and nothing else.
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(15),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        },
    });

    // The empty builder reads no file and no variable; every setting is on this page.
    private static WebApplication Server(string socket, EnclaveService service)
    {
        File.Delete(socket);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxConcurrentConnections = 256;
            server.Limits.Http2.MaxStreamsPerConnection = QuerySessions.MaxSessions;
            server.Limits.MinRequestBodyDataRate = null;
            server.Limits.MinResponseDataRate = null;
            server.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MaxMessage;
            grpc.EnableDetailedErrors = false;
        });
        builder.Services.AddSingleton(service);
        var server = builder.Build();
        server.MapGrpcService<EnclaveService>();
        return server;
    }
}
