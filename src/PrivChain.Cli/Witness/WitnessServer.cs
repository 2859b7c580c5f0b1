using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Node.Access;
using PrivChain.Node.Storage;

namespace PrivChain.Cli.Witness;

/// <summary>
/// The HTTP side of a witness (c2sp.org/tlog-witness): <c>POST /add-checkpoint</c> and <c>GET /{sha256(origin)}/checkpoint</c>. The rule is
/// <see cref="Core.Tree.Witness"/>; this stores and replies.
/// </summary>
public static class WitnessServer
{

    /// <summary>Runs until cancelled. Writes one line of JSON with address and key to standard output when it is ready.</summary>
    /// <exception cref="RefusalException">A setting is wrong, or the store belongs to another witness.</exception>
    public static Task RunAsync(WitnessServerOptions options, CancellationToken cancellationToken) =>
        RunAsync(options, Console.Out, cancellationToken);

    internal static async Task RunAsync(WitnessServerOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        await using var running = await StartAsync(options, cancellationToken);
        var ready = new JsonObject
        {
            ["event"] = "witness-ready",
            ["address"] = running.Address.ToString(),
            ["vkey"] = running.VerifierKey.ToString(),
        };
        await output.WriteLineAsync(ready.ToJsonString().AsMemory(), cancellationToken);
        await output.FlushAsync(cancellationToken);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop: what was acknowledged is on disk.
        }
    }

    /// <summary>Starts and returns once requests are served.</summary>
    /// <exception cref="RefusalException">A setting is wrong, or the store belongs to another witness.</exception>
    public static async Task<RunningWitness> StartAsync(WitnessServerOptions options, CancellationToken cancellationToken)
    {
        var endpoint = Check(options);
        var key = ReadKey(options.KeySeedFile, options.PostQuantum);
        WitnessStore? store = null;
        WebApplication? app = null;
        try
        {
            var witness = MakeWitness(options, key);
            store = new WitnessStore(options.Folder, witness.VerifierKey);
            app = Build(options, endpoint, witness, store);
            await app.StartAsync(cancellationToken);
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            return new RunningWitness(app, store, key, new Uri(address), witness.VerifierKey);
        }
        catch
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }

            store?.Dispose();
            key.Dispose();
            throw;
        }
    }

    private static WebApplication Build(WitnessServerOptions options, IPEndPoint endpoint, Core.Tree.Witness witness, WitnessStore store)
    {
        // What is named here is all there is: no settings file, environment variable or argument opens another address.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseBoundedSockets(options.Connections).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = WitnessRequest.MaxSize;
            kestrel.Listen(endpoint);
        });
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, bool>(_ => RateLimitPartition.GetTokenBucketLimiter(true, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = options.RequestsPerSecond,
                TokensPerPeriod = options.RequestsPerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
            }));
        });

        var app = builder.Build();
        app.UseRateLimiter();
        app.UseRouting();

        var origins = witness.Origins.ToDictionary(static origin => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin))), StringComparer.Ordinal);
        app.MapPost("/add-checkpoint", (RequestDelegate)(context => AddCheckpointAsync(context, witness, store, options.Clock)));
        app.MapGet("/{log}/checkpoint", (RequestDelegate)(context =>
        {
            var latest = origins.TryGetValue((string)context.Request.RouteValues["log"]!, out var origin) ? store.Latest(origin) : null;
            return latest is null
                ? ReplyAsync(context, StatusCodes.Status404NotFound, WitnessDecision.TextContentType, "no checkpoint\n"u8.ToArray())
                : ReplyAsync(context, StatusCodes.Status200OK, WitnessDecision.TextContentType, latest);
        }));
        return app;
    }

    private static async Task AddCheckpointAsync(HttpContext context, Core.Tree.Witness witness, WitnessStore store, TimeProvider clock)
    {
        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (BadHttpRequestException refused)
        {
            // Longer than the limit, or not what the headers promised.
            context.Response.StatusCode = refused.StatusCode;
            return;
        }

        if (!WitnessRequest.TryParse(body.GetBuffer().AsSpan(0, (int)body.Length), out var request))
        {
            await ReplyAsync(context, StatusCodes.Status400BadRequest, WitnessDecision.TextContentType, "malformed request\n"u8.ToArray());
            return;
        }

        var decision = store.Advance(witness, request, UnixTime.Seconds(clock.GetUtcNow()));
        await ReplyAsync(context, decision.Status, decision.ContentType, Encoding.UTF8.GetBytes(decision.Body));
    }

    private static async Task ReplyAsync(HttpContext context, int status, string contentType, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static IPEndPoint Check(WitnessServerOptions options)
    {
        var faults = new List<string>();
        if (!IPEndPoint.TryParse(options.Listen, out var endpoint) || !IPAddress.IsLoopback(endpoint.Address))
        {
            faults.Add($"Listen: wanted a loopback address and port such as 127.0.0.1:7700, given {options.Listen}");
        }

        if (!NoteVerifierKey.IsValidName(options.Name))
        {
            faults.Add("Name: wanted a name without spaces and plus signs");
        }

        if (options.Logs.Count == 0)
        {
            faults.Add("Logs: wanted at least one log");
        }

        if (options.RequestsPerSecond < 1)
        {
            faults.Add("RequestsPerSecond: wanted at least 1");
        }

        if (OpenFileLimit.FaultOf(options.Connections) is { } fault)
        {
            faults.Add($"Connections: {fault}");
        }

        return faults.Count == 0 ? endpoint! : throw Bad(string.Join("; ", faults));
    }

    private static Core.Tree.Witness MakeWitness(WitnessServerOptions options, INotePrivateKey key)
    {
        try
        {
            return new Core.Tree.Witness(new NoteSigner(options.Name, options.PostQuantum ? NoteKeyType.MlDsa44Cosignature : NoteKeyType.Cosignature, key), options.Logs);
        }
        catch (ArgumentException fault)
        {
            throw Bad($"Logs: {fault.Message}");
        }
    }

    private static INotePrivateKey ReadKey(string file, bool postQuantum)
    {
        var seed = SeedFile.Read(file);
        try
        {
            return postQuantum ? new MlDsa44Key(seed) : new Ed25519Key(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    private static RefusalException Bad(string detail) => new(new Refusal(RefusalReason.BadSettings, detail));
}
