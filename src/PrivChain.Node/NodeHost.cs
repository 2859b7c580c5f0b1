using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Data.Sqlite;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Node.Access;
using PrivChain.Node.Collateral;
using PrivChain.Node.Ledger;
using PrivChain.Node.Observability;
using PrivChain.Node.Services;
using PrivChain.Node.Storage;
using PrivChain.Node.Vault;
using PrivChain.Node.Web;
using PrivChain.Signatures;

namespace PrivChain.Node;

/// <summary>Builds and runs a node. Sizes, deadlines and rates are set here, where the server is made.</summary>
public static class NodeHost
{
    /// <summary>Builds a node that is ready to start: settings checked, ledger replayed.</summary>
    /// <exception cref="RefusalException">The settings (all faults at once), the stored ledger, or a disk that does not do what is asked of it.</exception>
    public static WebApplication Build(NodeOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            return Make(options, time);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new RefusalException(new Refusal(RefusalReason.StorageFailed, exception.Message));
        }
    }

    private static WebApplication Make(NodeOptions options, TimeProvider time)
    {
        var faults = options.Faults();
        if (faults.Count > 0)
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, string.Join("; ", faults)));
        }

        var genesis = Genesis.Parse(File.ReadAllBytes(options.GenesisFile)).OrThrow();
        NodeOptions.TryEndpoint(options.Listen, out var grpc);
        NodeOptions.TryEndpoint(options.WebListen, out var web);
        var held = SingleNode.Take(options.DataFolder);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production", Args = [] });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders().AddProvider(new JsonLogger(Path.Combine(options.DataFolder, "logs"), options.LogConsole, time));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning).AddFilter("PrivChain", LogLevel.Information);
        builder.WebHost.UseBoundedSockets(options.Limits.Connections).ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = null;
            server.Limits.MaxRequestHeaderCount = 64;
            server.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            server.Limits.Http2.MaxStreamsPerConnection = options.Limits.StreamsPerConnection;
            server.Limits.MinRequestBodyDataRate = null;
            server.Listen(grpc, listen => listen.Protocols = HttpProtocols.Http2);
            server.Listen(web, listen => listen.Protocols = HttpProtocols.Http1);
        });

        var services = builder.Services;
        services.AddSingleton(_ => held);
        services.AddSingleton(options);
        services.AddSingleton(options.Limits);
        services.AddSingleton(time);
        services.AddSingleton(genesis);
        services.AddSingleton<NodeMetrics>();
        services.AddSingleton<ILedgerEngine>(provider => EmbeddedLedger.Open(
            Path.Combine(options.DataFolder, "ledger.db"), genesis, options.ReadLog(genesis), time,
            provider.GetRequiredService<ILogger<EmbeddedLedger>>(), provider.GetRequiredService<NodeMetrics>()));
        services.AddSingleton(_ => new RecordStore(Database.Open(Path.Combine(options.DataFolder, "records.db"), "records")));
        services.AddSingleton(_ => new CollateralSources(options.Collateral, options.DataFolder, time));
        services.AddSingleton<InboxSignal>();
        services.AddSingleton<SignInBook>();
        services.AddSingleton<OwnAuthorities>();
        services.AddSingleton<SameOrigin>();
        services.AddSingleton<CallLimits>();
        services.AddSingleton(_ => new TokenBuckets(time, options.Limits.CallsPerSecond, options.Limits.CallsBurst));

        // A page of another site that has its name point at this machine must not be served.
        services.AddHostFiltering(filter => filter.AllowedHosts = ["127.0.0.1", "localhost", "[::1]", .. options.PublicNames.Select(name => name.Split(':')[0])]);

        // Streams may last an hour: a node that stops does not wait for them.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        services.AddSingleton<Authorisation>();
        services.AddSingleton(provider =>
        {
            var logger = provider.GetRequiredService<ILogger<RefusalCounts>>();
            var database = Database.OpenOrBegin(Path.Combine(options.DataFolder, "refusals.db"), "refusals", () => Log.RefusalsDamaged(logger));
            return new RefusalCounts(database, provider.GetRequiredService<Authorisation>(), time, logger);
        });
        services.AddHostedService(provider => provider.GetRequiredService<RefusalCounts>());
        services.AddSingleton<EntryAuthenticator>();
        services.AddSingleton<Admission>();
        services.AddSingleton<EnclaveRelay>();
        services.AddSingleton<CallGate>();
        services.AddSingleton<WitnessFeeder>();
        services.AddHostedService(provider => provider.GetRequiredService<WitnessFeeder>());
        services.AddSingleton<RecordsInFlight>();
        services.AddSingleton<Eraser>();
        services.AddHostedService(provider => provider.GetRequiredService<Eraser>());
        services.AddGrpc(grpcOptions =>
        {
            grpcOptions.MaxReceiveMessageSize = options.Limits.Message;
            grpcOptions.MaxSendMessageSize = 16 * 1024 * 1024;
            grpcOptions.EnableDetailedErrors = false;

            // A compressed message makes much out of little; sealed ones do not shrink.
            grpcOptions.CompressionProviders = [];
            grpcOptions.Interceptors.Add<CallGate>();
        });
        services.AddGrpc().AddServiceOptions<LedgerService>(service => service.MaxReceiveMessageSize = options.Limits.BatchMessage);
        services.AddGrpc().AddServiceOptions<VaultService>(service => service.MaxReceiveMessageSize = 16 * options.Limits.BatchMessage);
        services.AddGrpc().AddServiceOptions<InboxService>(service => service.MaxReceiveMessageSize = 5 * options.Limits.BatchMessage);
        var health = services.AddGrpcHealthChecks();
        health.AddCheck<StorageHealth>("storage").AddCheck<WitnessHealth>("witness").AddCheck<EnclaveHealth>("enclave");
        var telemetry = services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddMeter(NodeMetrics.Name).AddRuntimeInstrumentation().AddAspNetCoreInstrumentation())
            .WithTracing(traces => traces.AddSource(NodeMetrics.Name).AddAspNetCoreInstrumentation());
        if (options.OtlpEndpoint is { } otlp)
        {
            telemetry.WithMetrics(metrics => metrics.AddOtlpExporter(exporter => exporter.Endpoint = new Uri(otlp)));
            telemetry.WithTracing(traces => traces.AddOtlpExporter(exporter => exporter.Endpoint = new Uri(otlp)));
        }

        WebApplication? app = null;
        try
        {
            app = builder.Build();

            // Opened before anything is served: a ledger that does not replay must stop the start.
            var ledger = app.Services.GetRequiredService<ILedgerEngine>();
            app.Services.GetRequiredService<SingleNode>();
            app.Services.GetRequiredService<RecordStore>();
            app.Services.GetRequiredService<RefusalCounts>();
            app.Services.GetRequiredService<CollateralSources>();
            DurableFolder.Sync(options.DataFolder);
            app.Services.GetRequiredService<NodeMetrics>().Observe("privchain.ledger.queue", "{entry}", "entries waiting to be sequenced", () => (ledger as EmbeddedLedger)?.Queued ?? 0);
            app.Services.GetRequiredService<NodeMetrics>().Observe(
                "privchain.ledger.unwitnessed", "{entry}", "durable entries that no quorum has cosigned yet",
                () => (long)((ledger.Signed.Current?.Size ?? 0) - Math.Min(ledger.Witnessed.Current?.Size ?? 0, ledger.Signed.Current?.Size ?? 0)));
        }
        catch
        {
            // Whatever was opened is closed again, so that the next start finds nothing held.
            (app as IDisposable)?.Dispose();
            held.Dispose();
            throw;
        }

        app.UseHostFiltering();
        app.Use(next => http => app.Services.GetRequiredService<SameOrigin>().InvokeAsync(http, next));
        var files = AppFiles.Read(options.AppFolder);
        app.Use(next => http => files.InvokeAsync(http, next));
        app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
        app.Use(next => http => app.Services.GetRequiredService<CallLimits>().InvokeAsync(http, next));
        app.MapGrpcService<LedgerService>();
        app.MapGrpcService<DocumentService>();
        app.MapGrpcService<VaultService>();
        app.MapGrpcService<InboxService>();
        app.MapGrpcService<SignInService>();
        app.MapGrpcService<EndorsementService>();
        app.MapGrpcService<EnclaveRelay>();
        app.MapGrpcService<SingleQueryService>();
        app.MapGrpcService<RefusalService>();
        app.MapGrpcHealthChecksService();
        MapTiles(app);
        app.MapHealthChecks("/health");
        return app;
    }

    /// <summary>Runs a node until it is cancelled, told to stop, or cannot go on.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="ready">Told the addresses, gRPC and web, once it serves.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="RefusalException">It did not start, or one of its own tasks failed.</exception>
    public static async Task RunAsync(NodeOptions options, TimeProvider time, Action<string, string> ready, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ready);
        await using var app = Build(options, time);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException exception)
        {
            // Kestrel says so when an address is taken.
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, exception.Message));
        }
        catch (SqliteException exception)
        {
            throw Named(exception);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // One of its tasks failed before all had started.
            throw FailureOf(app) ?? new RefusalException(new Refusal(RefusalReason.Internal, "the start was given up"));
        }

        var (grpc, web) = AddressesOf(app);
        Log.RunsOn(app.Services.GetRequiredService<ILogger<NodeOptions>>(), SignatureEngine.Detected);
        Log.Ready(app.Services.GetRequiredService<ILogger<NodeOptions>>(), grpc, web);
        ready(grpc, web);
        await app.WaitForShutdownAsync(cancellation);

        // The host ends quietly when one of its tasks failed; whoever started the node must hear of it.
        if (FailureOf(app) is { } failure)
        {
            throw failure;
        }
    }

    private static RefusalException? FailureOf(WebApplication app) =>
        app.Services.GetServices<IHostedService>().OfType<BackgroundService>().Select(service => service.ExecuteTask?.Exception?.InnerException).FirstOrDefault(fault => fault is not null) is { } failed
            ? Named(failed)
            : null;

    private static RefusalException Named(Exception failed) =>
        new(new Refusal(failed is SqliteException or IOException ? RefusalReason.StorageFailed : RefusalReason.Internal, failed.Message));

    /// <summary>The addresses bound by a started node: gRPC, then web.</summary>
    public static (string Grpc, string Web) AddressesOf(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        return (addresses[0], addresses[1]);
    }

    // c2sp.org/tlog-tiles: so that tools of that world read our log.
    private static void MapTiles(WebApplication app)
    {
        var ledger = app.Services.GetRequiredService<ILedgerEngine>();
        app.MapGet("/checkpoint", () => ledger.Witnessed.Current is { } head ? Results.Bytes(head.Note.ToArray(), "text/plain; charset=utf-8") : Results.NotFound());
        app.MapGet("/tile/{**path}", (string? path) =>
        {
            if (!TilePath.TryParse("tile/" + path, out var tile))
            {
                return Results.NotFound();
            }

            byte[]? content = null;
            if (!tile.IsEntries)
            {
                content = ledger.Tile(tile);
            }
            else if (ledger.Read(tile.Index * TilePath.FullWidth, tile.Width) is var entries && entries.Count == tile.Width)
            {
                content = EntryBundle.Encode([.. entries.Select(entry => (ReadOnlyMemory<byte>)entry)]);
            }

            return content is null ? Results.NotFound() : Results.Bytes(content, "application/octet-stream");
        });
    }
}
