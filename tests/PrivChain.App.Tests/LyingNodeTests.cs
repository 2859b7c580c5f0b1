using System.Buffers.Binary;
using Google.Protobuf;
using Microsoft.Playwright;
using PrivChain.Schemas.V1;

namespace PrivChain.App.Tests;

/// <summary>A node that lies: the app says what is wrong, by its name, and sends nothing. The lies are told where the operator stands, on the way to the page.</summary>
[TestClass]
public sealed class LyingNodeTests
{
    [TestMethod]
    public async Task EveryLie_IsNamed_AndNothingIsSent()
    {
        await using var world = await World.StartAsync();
        await using var other = await World.StartAsync();
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await visit.EnterAsync(world);
        byte[]? early = null;
        await visit.Page.RouteAsync("**/privchain.v1.Ledger/GetCheckpoint", async route =>
        {
            var answer = await route.FetchAsync();
            early ??= await answer.BodyAsync();
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer });
        });
        await visit.GoAsync("/data");
        await visit.Page.WaitForSelectorAsync(".record");
        var pending = await visit.AskAsync(world, await world.PublishAsync("age-check"));
        await visit.ReadRequestAsync();
        var request = visit.Page.Url;
        Assert.IsNotNull(early);

        // Another ledger's history under this one's name.
        byte[] foreign = [];
        await using (var elsewhere = await AppBrowser.VisitAsync(other.Deployment.AppLink))
        {
            var answer = await elsewhere.Page.RunAndWaitForResponseAsync(
                async () => await elsewhere.CreateWalletAsync(AppWorld.Passphrase), response => response.Url.EndsWith("GetCheckpoint", StringComparison.Ordinal));
            foreign = await answer.BodyAsync();
        }

        var sent = new List<string>();
        visit.Page.Request += (_, asked) =>
        {
            if (asked.Url.EndsWith("PutConsent", StringComparison.Ordinal) || asked.Url.EndsWith("Append", StringComparison.Ordinal) || asked.Url.EndsWith("Inbox/Send", StringComparison.Ordinal))
            {
                sent.Add(asked.Url);
            }
        };

        await LieAsync("Ledger/GetCheckpoint", _ => foreign, "/", "WrongLedger");
        await LieAsync("Ledger/GetEntries", body => Changed(body, 60), "/", "BadSignature", "Malformed", "UnknownReference", "NotEnrolled", "BadProof");
        await LieAsync("Vault/GetRecord", body => Changed(body, 200), "/data", "DigestMismatch");
        await LieAsync("Documents/GetDocument", body => Changed(body, 100), request, "DigestMismatch");
        await LieAsync("Enclave/Identify", body => Changed(body, 400), request, "NotEnrolled");
        await LieAsync("Enclave/Identify", ChangedEvidence, request, "BadSignature", "Malformed", "UntrustedRoot", "EvidenceNotBound");

        Assert.IsEmpty(sent, string.Join('\n', sent));

        // With the truth again, everything goes on.
        await visit.Page.UnrouteAllAsync();
        await OpenAsync(request);
        await visit.Page.WaitForSelectorAsync(".seen");
        await visit.SayYesAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await pending.WaitForConsentAsync(limit.Token);

        // An old checkpoint is of the same history; what gives it away is that the witnesses have not signed it for a while. Ten minutes pass, for this page.
        await visit.Page.AddInitScriptAsync("{ const now = Date.now; Date.now = () => now() + 600_000; }");
        await LieAsync("Ledger/GetCheckpoint", _ => early!, "/", "StaleHead");

        async Task LieAsync(string method, Func<byte[], byte[]> lie, string page, params string[] named)
        {
            await visit.Page.UnrouteAllAsync();
            await visit.Page.RouteAsync("**/privchain.v1." + method, async route =>
            {
                var answer = await route.FetchAsync();
                await route.FulfillAsync(new RouteFulfillOptions { Response = answer, BodyBytes = lie(await answer.BodyAsync()) });
            });
            await OpenAsync(page);
            var said = visit.At("[data-reason]").First;
            try
            {
                await said.WaitForAsync();
            }
            catch (TimeoutException)
            {
                Assert.Fail($"{method}: nothing was said");
            }

            CollectionAssert.Contains(named, await said.GetAttributeAsync("data-reason"), $"{method}: {await said.InnerTextAsync()}");
        }

        async Task OpenAsync(string page)
        {
            // What is kept would not be asked for.
            await visit.Page.GotoAsync(new Uri(visit.Home, page).ToString());
            await visit.WithKeptAsync("names.forEach(name => store.delete(name))");
            await visit.FillAsync("#passphrase", AppWorld.Passphrase);
            await visit.ClickAsync("#unlock");
        }
    }

    // The message stands after a byte and its length; the trailers after it stay as they are.
    private static byte[] ChangedEvidence(byte[] body)
    {
        const int Prefix = 5;
        var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1));
        var reply = IdentifyReply.Parser.ParseFrom(body, Prefix, length);
        var evidence = reply.Broker.Evidence.ToByteArray();
        reply.Broker.Evidence = ByteString.CopyFrom(Changed(evidence, evidence.Length / 2));
        return [.. body[..Prefix], .. reply.ToByteArray(), .. body[(Prefix + length)..]];
    }

    private static byte[] Changed(byte[] body, int at)
    {
        var changed = body.ToArray();
        if (changed.Length > at)
        {
            changed[at] ^= 1;
        }

        return changed;
    }
}
