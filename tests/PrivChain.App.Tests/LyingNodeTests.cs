using System.Buffers.Binary;
using Google.Protobuf;
using Microsoft.Playwright;
using PrivChain.Schemas.V1;

namespace PrivChain.App.Tests;

/// <summary>A node that lies: the app says what is wrong, by its name, and sends nothing. The lies are told where the operator stands, on the way to the page.</summary>
[TestClass]
public sealed class LyingNodeTests
{
    private const string Waits = "[data-waiting=revocation]:not([data-refused])";

    [TestMethod]
    public async Task EveryLie_IsNamed_AndNothingIsSent()
    {
        await using var world = await World.StartAsync();
        var other = await SharedWorld.OpenAsync();
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await visit.EnterAsync(world);
        var early = await NextCheckpointAsync(visit);
        await visit.GoAsync("/data");
        await visit.Page.WaitForSelectorAsync(".record");
        var contract = await world.PublishAsync("age-check");
        var pending = await visit.AskAsync(world, contract);
        await visit.ReadRequestAsync();
        var request = visit.Page.Url;
        // Another ledger's history under this one's name.
        byte[] foreign;
        await using (var elsewhere = await AppBrowser.VisitAsync(other.Deployment.AppLink))
        {
            var first = await NextCheckpointAsync(elsewhere);
            await elsewhere.CreateWalletAsync(AppWorld.Passphrase);
            foreign = await first;
        }

        var sent = new List<string>();
        visit.Page.Request += (_, asked) =>
        {
            if (asked.Url.EndsWith("PutConsent", StringComparison.Ordinal) || asked.Url.EndsWith("Append", StringComparison.Ordinal) || asked.Url.EndsWith("Inbox/Send", StringComparison.Ordinal))
            {
                sent.Add(asked.Url);
            }
        };

        await LieAsync("Ledger/GetEntries", body => Changed(body, 60), "/", ["BadSignature", "Malformed", "UnknownReference", "NotEnrolled", "BadProof"]);
        await LieAsync("Vault/GetRecord", body => Changed(body, 200), "/data", ["DigestMismatch"]);
        Assert.IsFalse((await visit.TextAsync(".unreadable")).Contains("Nothing more is sent", StringComparison.Ordinal), "one record that is not genuine stops nothing else");
        await visit.GoAsync("/");
        await visit.Page.WaitForSelectorAsync("main .notice.caution");
        Assert.AreEqual(0, await visit.At(".verified").CountAsync(), "a record cannot be read, and all is said to be in order");
        await LieAsync("Documents/GetDocument", body => Changed(body, 100), request, ["DigestMismatch"]);
        await LieAsync("Enclave/Identify", body => Changed(body, 400), request, ["NotEnrolled"]);
        await LieAsync("Enclave/Identify", ChangedEvidence, request, ["BadSignature", "Malformed", "UntrustedRoot", "EvidenceNotBound"]);

        // Nothing is offered to be agreed to.
        Assert.AreEqual(0, await visit.At("#go-on").CountAsync());
        Assert.IsEmpty(sent, string.Join('\n', sent));

        // With the truth again, everything goes on.
        await visit.Page.UnrouteAllAsync();
        await OpenAsync(request);
        await visit.Page.WaitForSelectorAsync(".seen");
        await visit.SayYesAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var consent = await pending.WaitForConsentAsync(limit.Token);

        // A revocation that the node says it has, at a place that the ledger has not come to, and throws away: it is not believed, kept, and does not hold yet.
        var second = await visit.AskAsync(world, contract);

        // Ten minutes later by this device's clock, a no goes out no more than a yes would.
        await visit.GoAsync($"/requests/{second.Digest}");
        await visit.Page.WaitForSelectorAsync(".seen");
        sent.Clear();
        await visit.Page.EvaluateAsync("() => { window.now = Date.now; Date.now = () => window.now() + 600_000; }");
        await RefuseAsync();
        await visit.Page.WaitForSelectorAsync("main [data-reason=StaleHead]");
        Assert.IsEmpty(sent, string.Join('\n', sent));
        await visit.Page.EvaluateAsync("() => { Date.now = window.now; }");
        await RefuseAsync();
        await visit.Page.WaitForSelectorAsync("#done-no");
        await visit.GoAsync($"/consents/{consent.Digest}");
        await visit.Page.WaitForSelectorAsync("#revoke");
        await visit.Page.RouteAsync("**/privchain.v1.Ledger/Append", route => route.FulfillAsync(new RouteFulfillOptions
        {
            ContentType = "application/grpc-web", BodyBytes = Reply(new AppendReply { Index = 100_000, Time = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() }),
        }));
        await visit.ClickAsync("#revoke");
        await visit.Page.WaitForSelectorAsync(Waits, new PageWaitForSelectorOptions { Timeout = 120_000 });
        Assert.AreEqual(0, await visit.At("#revoked").CountAsync());
        Assert.IsNull(await RevokedAtAsync());

        // Another ledger: what waits is not sent to whoever shows it. The page of before, which tries again every few seconds, is gone first.
        await visit.Page.GotoAsync("about:blank");
        sent.Clear();
        await LieAsync("Ledger/GetCheckpoint", _ => foreign, "/", ["WrongLedger"], forget: false);
        await visit.Page.WaitForSelectorAsync(Waits);
        Assert.IsEmpty(sent, string.Join('\n', sent));

        // An old checkpoint is of the same history; what gives it away is that the witnesses have not signed it for a while. Ten minutes pass, for this page; and what waits is not sent.
        await visit.Page.AddInitScriptAsync("if (localStorage.getItem('later')) { const now = Date.now; Date.now = () => now() + 600_000; }");
        await visit.Page.EvaluateAsync("localStorage.setItem('later', 'yes')");
        var old = await early;
        await LieAsync("Ledger/GetCheckpoint", _ => old, "/consents", ["StaleHead"], forget: false);
        await visit.Page.WaitForSelectorAsync(Waits);

        // What was verified before is shown, by its date, and nobody waits for what does not come.
        await visit.Page.WaitForSelectorAsync(".rows a[href^=consents]");
        StringAssert.Contains(await visit.TextAsync(".band"), "last checked");
        Assert.AreEqual(0, await visit.At("main .waiting").CountAsync());
        Assert.IsEmpty(sent, string.Join('\n', sent));

        // Entries are another matter: under a fresh head that is signed and witnessed, taking back waits for nothing that the node could keep back or change.
        await visit.Page.EvaluateAsync("localStorage.removeItem('later')");
        await world.IssueIdentityAsync();
        await LieAsync("Ledger/GetEntries", body => Changed(body, 60), "/", ["BadSignature", "Malformed", "UnknownReference", "NotEnrolled", "BadProof"], forget: false);
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await World.UntilAsync(async () => await RevokedAtAsync() is not null, soon.Token);

        // And with the truth the page knows it.
        await visit.Page.UnrouteAllAsync();
        await OpenAsync($"/consents/{consent.Digest}", forget: false);
        await visit.Page.WaitForSelectorAsync("#revoked");
        Assert.AreEqual(0, await visit.At(Waits).CountAsync());
        Assert.IsNotNull(await RevokedAtAsync());

        async Task RefuseAsync()
        {
            await visit.Page.EvaluateAsync("() => { document.querySelector('#refuse-fold').open = true; }");
            await visit.ClickAsync("#refuse");
            await visit.Page.WaitForSelectorAsync("#refuse:enabled, #done-no");
        }

        Task<ulong?> RevokedAtAsync() => world.Connection.Ledger.ReadStateAsync(state => state.Consent(consent.Digest)!.RevokedAt);

        async Task LieAsync(string method, Func<byte[], byte[]> lie, string page, string[] named, bool forget = true)
        {
            // Nobody looks while the routes are exchanged.
            await visit.Page.GotoAsync("about:blank");
            await visit.Page.UnrouteAllAsync();
            await visit.Page.RouteAsync("**/privchain.v1." + method, async route =>
            {
                var answer = await route.FetchAsync();
                await route.FulfillAsync(new RouteFulfillOptions { Response = answer, BodyBytes = lie(await answer.BodyAsync()) });
            });
            await OpenAsync(page, forget);
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

        async Task OpenAsync(string page, bool forget = true)
        {
            await visit.Page.GotoAsync(new Uri(visit.Home, page).ToString());
            if (forget)
            {
                // What is kept would not be asked for.
                await visit.WithKeptAsync("names.forEach(name => store.delete(name))");
            }

            await visit.FillAsync("#passphrase", AppWorld.Passphrase);
            await visit.ClickAsync("#unlock");
        }
    }

    // A message and the trailers of a call that was answered.
    internal static byte[] Reply(IMessage message)
    {
        var trailers = "grpc-status:0\r\n"u8.ToArray();
        return [.. Frame(0, message.ToByteArray()), .. Frame(0x80, trailers)];

        static byte[] Frame(byte kind, byte[] content) => [kind, .. BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(content.Length)), .. content];
    }

    // The checkpoint that the site answers with next: it reaches the page all the same.
    private static async Task<Task<byte[]>> NextCheckpointAsync(AppVisit visit)
    {
        var next = new TaskCompletionSource<byte[]>();
        await visit.Page.RouteAsync("**/privchain.v1.Ledger/GetCheckpoint", async route =>
        {
            var answer = await route.FetchAsync();
            next.TrySetResult(await answer.BodyAsync());
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer });
        });
        return next.Task;
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
