using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PrivChain.Attestation.Tests.Collateral;

/// <summary>A server on loopback that answers as a test says, and remembers what it was asked.</summary>
internal sealed class LoopbackService : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<string> _asked = new();

    private LoopbackService(WebApplication application) => _application = application;

    public Uri Address => new(_application.Urls.Single());

    /// <summary>Path and query of each request, in order.</summary>
    public IReadOnlyList<string> Asked => [.. _asked];

    public static async Task<LoopbackService> StartAsync(RequestDelegate answer, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        builder.WebHost.UseKestrelHttpsConfiguration();
        var application = builder.Build();
        var service = new LoopbackService(application);
        application.Run(async context =>
        {
            service._asked.Enqueue(context.Request.Path + context.Request.QueryString.Value);
            await answer(context);
        });
        await application.StartAsync();
        return service;
    }

    /// <summary>A service with an answer for each path and query, and 404 for the rest.</summary>
    public static Task<LoopbackService> ReplayAsync(IReadOnlyDictionary<string, Answer> answers) => StartAsync(async context =>
    {
        if (!answers.TryGetValue(context.Request.Path + context.Request.QueryString.Value, out var answer))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }

        await context.Response.Body.WriteAsync(answer.Body);
    });

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    internal sealed record Answer(byte[] Body, params (string Name, string Value)[] Headers);
}
