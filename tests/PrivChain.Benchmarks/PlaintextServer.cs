using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PrivChain.Schemas.V1;

namespace PrivChain.Benchmarks;

/// <summary>What everybody builds first: a gRPC service that reads a record in the clear from SQLite. The reference for a consented query.</summary>
internal sealed class PlaintextServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PlaintextServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<PlaintextServer> StartAsync(string folder, byte[] key, byte[] record)
    {
        var path = Path.Combine(folder, "plaintext.db");
        using (var connection = new SqliteConnection($"Data Source={path}"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL; CREATE TABLE records (id BLOB PRIMARY KEY, content BLOB NOT NULL) STRICT; INSERT INTO records VALUES ($id, $content)";
            command.Parameters.AddWithValue("$id", key);
            command.Parameters.AddWithValue("$content", record);
            command.ExecuteNonQuery();
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new Store(path));
        var app = builder.Build();
        app.MapGrpcService<Service>();
        await app.StartAsync();
        return new PlaintextServer(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed record Store(string Path);

    private sealed class Service(Store store) : Documents.DocumentsBase
    {
        public override Task<GetDocumentReply> GetDocument(GetDocumentRequest request, ServerCallContext context)
        {
            using var connection = new SqliteConnection($"Data Source={store.Path}");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT content FROM records WHERE id = $id";
            command.Parameters.AddWithValue("$id", request.Digest.ToByteArray());
            return Task.FromResult(new GetDocumentReply { Content = Google.Protobuf.ByteString.CopyFrom((byte[])command.ExecuteScalar()!) });
        }
    }
}
