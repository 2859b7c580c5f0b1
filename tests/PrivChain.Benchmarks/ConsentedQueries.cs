using Google.Protobuf;
using Grpc.Net.Client;
using PrivChain.EndToEnd.Tests;
using PrivChain.Schemas.V1;
using PrivChain.Sdk.Query;

namespace PrivChain.Benchmarks;

/// <summary>Consented queries, durable and witnessed, against a plaintext query; and streamed against one by one. All processes share the machine's cores.</summary>
internal static class ConsentedQueries
{
    // The age check allows a hundred uses of one consent.
    private const int UsesOfOne = 100;

    public static async Task RunAsync(ResultTable table, int consents, int rounds)
    {
        await using var world = await World.StartAsync();
        await world.IssueIdentityAsync();
        var contract = await world.PublishAsync("age-check");
        var batches = new Queue<List<GivenConsent>>();
        for (var round = 0; round < (2 * rounds) + 2; round++)
        {
            var batch = new List<GivenConsent>();
            for (var i = 0; i < consents; i++)
            {
                batch.Add(await world.ConsentAsync(contract, UsesOfOne));
            }

            batches.Enqueue(batch);
        }

        var record = new byte[] { 1 };
        await using var plaintext = await PlaintextServer.StartAsync(world.Folder, record, new byte[1024]);
        using var channel = GrpcChannel.ForAddress(plaintext.Address);
        var client = new Documents.DocumentsClient(channel);
        await using var session = await world.Institution.OpenSessionAsync();
        var items = consents * UsesOfOne;

        var spent = new ProcessorTime(world.Deployment);
        Task StreamedAsync() => spent.CountAsync(items, async () =>
        {
            var answers = await Task.WhenAll(batches.Dequeue().SelectMany(consent => Enumerable.Range(0, UsesOfOne).Select(_ => session.QueryAsync(consent))));
            if (answers.FirstOrDefault(answer => answer.Refusal is not null) is { } refused)
            {
                throw new InvalidOperationException(refused.Refusal!.ToString());
            }
        });

        var plain = await Interleaved.MeasureAsync(
            rounds,
            StreamedAsync,
            () => Task.WhenAll(Enumerable.Range(0, items).Select(_ => client.GetDocumentAsync(new GetDocumentRequest { Digest = ByteString.CopyFrom(record) }).ResponseAsync)),
            items,
            items);
        table.Add("consented queries, streamed on one session, durable and witnessed", "plaintext gRPC query that reads the record from SQLite", "≥ 0.5", plain,
            $"{items} queries in flight over {consents} consents; equal queries share one use entry and one evaluation; {spent}");

        var single = new Queue<GivenConsent>([await world.ConsentAsync(contract, UsesOfOne)]);
        const int OneByOne = 5;
        var oneShot = await Interleaved.MeasureAsync(
            rounds,
            StreamedAsync,
            async () =>
            {
                for (var i = 0; i < OneByOne; i++)
                {
                    await world.Institution.QueryAsync(single.Peek());
                }
            },
            items,
            OneByOne);
        table.Add("streamed", "one-shot consented query (attestation, session, query)", "≥ 20", oneShot, $"{items} streamed against {OneByOne} one after the other");
    }
}
