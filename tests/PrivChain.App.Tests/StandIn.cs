using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace PrivChain.App.Tests;

/// <summary>A server that answers for files as the node behind it does, but for what is changed.</summary>
internal sealed class StandIn : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None });

    private StandIn(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Starts one.</summary>
    /// <param name="node">Where the truth comes from.</param>
    /// <param name="change">What to answer for a path and the accepted encodings: null the truth, an empty text that there is none.</param>
    /// <param name="policy">Another content security policy.</param>
    public static async Task<StandIn> StartAsync(Uri node, Func<string, string, byte[]?> change, string? policy = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var standIn = new StandIn(builder.Build());
        standIn._app.Run(http => standIn.AnswerAsync(http, node, change, policy));
        await standIn._app.StartAsync();
        return standIn;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task AnswerAsync(HttpContext http, Uri node, Func<string, string, byte[]?> change, string? policy)
    {
        var path = http.Request.Path.Value! + http.Request.QueryString.Value;
        var encoding = http.Request.Headers.AcceptEncoding.ToString();
        using var asked = new HttpRequestMessage(HttpMethod.Get, new Uri(node, path));
        asked.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
        using var answer = await _client.SendAsync(asked);
        var content = await answer.Content.ReadAsByteArrayAsync();
        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = policy ?? string.Join('\n', answer.Headers.GetValues("Content-Security-Policy"));
        if (change(path, encoding) is { } other)
        {
            content = other;
            http.Response.StatusCode = other.Length == 0 ? 404 : 200;
        }
        else
        {
            http.Response.Headers.ContentEncoding = answer.Content.Headers.ContentEncoding.ToArray();
        }

        await http.Response.Body.WriteAsync(content);
    }
}
