using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PrivChain.Core.Tree;

namespace PrivChain.Node.Tests.Ledger;

/// <summary>A witness by the rule book's own <see cref="Witness"/>, which the test can make slow, deaf or wrong.</summary>
internal sealed class FakeWitness : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly NoteSigner _signer;
    private readonly Ed25519Key _key = Ed25519Key.Generate();
    private WebApplication? _app;
    private WitnessState? _state;

    public FakeWitness(string name) => _signer = new NoteSigner(name, NoteKeyType.Cosignature, _key);

    public NoteVerifierKey Key => _signer.VerifierKey;

    public Uri Address { get; private set; } = null!;

    public int Asked { get; private set; }

    /// <summary>Takes the place of the answer when it returns one.</summary>
    public Func<HttpContext, Task<bool>>? Misbehaves { get; set; }

    public async Task StartAsync(string origin, NoteVerifierKey log)
    {
        var rule = new Witness(_signer, [(origin, log)]);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/add-checkpoint", async (HttpContext http) =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            Asked++;
            if (Misbehaves is { } misbehave && await misbehave(http))
            {
                return;
            }

            WitnessDecision decision;
            lock (_gate)
            {
                Assert.IsTrue(WitnessRequest.TryParse(body.ToArray(), out var request));
                decision = rule.Decide(_state, request, (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
                _state = decision.NewState ?? _state;
            }

            http.Response.StatusCode = decision.Status;
            http.Response.ContentType = decision.ContentType;
            await http.Response.WriteAsync(decision.Body);
        });
        await _app.StartAsync();
        Address = new Uri(_app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            await _app.StopAsync(now.Token);
            await _app.DisposeAsync();
        }

        _key.Dispose();
    }
}
