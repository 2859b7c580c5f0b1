using System.Reflection;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Node.Access;
using PrivChain.Node.Observability;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Tests.Observability;

/// <summary>What a run leaves in its log: one JSON object a line, known events with typed fields, and nothing about anybody.</summary>
[TestClass]
public sealed class LogLineTests
{
    private static readonly string[] _common = ["time", "level", "category", "event", "name"];

    // The ids are a promise to whoever watches them: a new event gets a line here, an old one keeps its own.
    private static readonly Dictionary<int, (string Name, string[] Fields)> _events = new()
    {
        [1] = ("LedgerReplayed", ["entries", "milliseconds"]),
        [2] = ("StorageFailed", ["exception"]),
        [3] = ("Ready", ["grpc", "web"]),
        [4] = ("RunsOn", ["instructions"]),
        [10] = ("Called", ["method", "milliseconds"]),
        [11] = ("Refused", ["method", "reason", "milliseconds"]),
        [12] = ("Failed", ["method", "exception"]),
        [13] = ("RefusalsNotWritten", ["code"]),
        [14] = ("RefusalsDamaged", []),
        [20] = ("WitnessFailed", ["witness", "why"]),
        [21] = ("WitnessDisagrees", ["witness"]),
        [30] = ("Destroyed", ["count"]),
        [31] = ("TruncationDelayed", []),
    };

    [TestMethod]
    public void Events_AllHaveTheirFixedIds()
    {
        var declared = typeof(Log).GetMethods(BindingFlags.Static | BindingFlags.Public)
            .Select(method => (Method: method, Event: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(item => item.Event is not null)
            .ToDictionary(item => item.Event!.EventId, item => item.Method);
        CollectionAssert.AreEquivalent(_events.Keys, declared.Keys);
        foreach (var (id, method) in declared)
        {
            Assert.AreEqual(_events[id].Name, method.Name);
            CollectionAssert.AreEqual(_events[id].Fields, method.GetParameters().Skip(1).Select(parameter => parameter.Name).ToArray(), method.Name);
        }
    }

    [TestMethod]
    public async Task Run_WithCallsOfEverySort_WritesTypedLinesWithoutPersonalData()
    {
        using var console = new MemoryStream();
        byte[] file;
        List<string> planted = [];
        await using (var fixture = await NodeFixture.StartAsync(console: console))
        {
            using var client = new NodeClient(fixture.Address);
            var citizen = fixture.Ledger.Citizen;
            var token = await client.SignInAsync(citizen);
            const string Text = "Zhang Wei, 110101199003074512";
            await client.Documents.PutDocumentAsync(new PutDocumentRequest { Content = ByteString.CopyFromUtf8(Text) }, NodeClient.Options(token));
            var digest = Digest.OfSha256(Encoding.UTF8.GetBytes(Text));
            foreach (var call in new Func<Task>[]
            {
                async () => await client.Ledger.AppendAsync(new AppendRequest { Entry = ByteString.CopyFromUtf8(Text) }, NodeClient.Options(token)),
                async () => await client.Documents.GetDocumentAsync(new GetDocumentRequest { Digest = NodeClient.Bytes(new byte[32]) }, NodeClient.Options("stolen-" + token)),
                async () => await client.Vault.GetRecordAsync(new GetRecordRequest { Digest = NodeClient.Bytes(digest.ToArray()) }, NodeClient.Options(token)),
                async () => await client.SignIn.ExchangeAsync(new ExchangeRequest { Message = Text, Signature = NodeClient.Bytes(new byte[65]) }, NodeClient.Options()),
                async () => await client.Ledger.GetGenesisAsync(new GetGenesisRequest()),
            })
            {
                Assert.AreNotEqual(RefusalReason.None, await NodeClient.ReasonAsync(call));
            }

            planted = [citizen.Address.ToString(), citizen.Address.ToString()[2..], digest.ToString()[2..], token, "Zhang", "110101199003074512", "stolen"];
            await fixture.StopNodeAsync();
            file = await File.ReadAllBytesAsync(Path.Combine(fixture.Data, "logs", "node.jsonl"));
        }

        CollectionAssert.AreEqual(file, console.ToArray(), "file and console have the same lines");
        var text = Encoding.UTF8.GetString(file);
        foreach (var value in planted)
        {
            Assert.IsFalse(text.Contains(value, StringComparison.OrdinalIgnoreCase), value);
        }

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var reasons = new HashSet<string>();
        foreach (var line in lines)
        {
            using var parsed = JsonDocument.Parse(line);
            CheckTyped(parsed.RootElement, line);
            if (parsed.RootElement.TryGetProperty("reason", out var reason))
            {
                reasons.Add(reason.GetString()!);
            }
        }

        CollectionAssert.IsSubsetOf(new[] { "Malformed", "NotSignedIn", "Deadline" }, reasons.ToList(), text);
    }

    [TestMethod]
    public void Of_AnotherLibrarysEvent_WritesItsNameAlone()
    {
        var line = Encoding.UTF8.GetString(LogLine.Of(
            DateTimeOffset.UnixEpoch, LogLevel.Warning, "Microsoft.AspNetCore.Server.Kestrel", new EventId(17, "BadRequest"), [new("Value", "Zhang Wei")], new IOException("/home/zhang")));
        Assert.AreEqual(
            """{"time":"1970-01-01T00:00:00Z","level":"Warning","category":"Microsoft.AspNetCore.Server.Kestrel","event":17,"name":"BadRequest","exception":"System.IO.IOException"}""" + "\n", line);
    }

    private static void CheckTyped(JsonElement line, string text)
    {
        Assert.AreEqual(TimeSpan.Zero, line.GetProperty("time").GetDateTimeOffset().Offset, text);
        Assert.IsTrue(Enum.TryParse<LogLevel>(line.GetProperty("level").GetString(), out _), text);
        if (!line.GetProperty("category").GetString()!.StartsWith("PrivChain.", StringComparison.Ordinal))
        {
            return;
        }

        var known = _events[line.GetProperty("event").GetInt32()];
        Assert.AreEqual(known.Name, line.GetProperty("name").GetString(), text);
        CollectionAssert.AreEqual((string[])[.. _common, .. known.Fields], line.EnumerateObject().Select(member => member.Name).ToArray(), text);
        foreach (var member in line.EnumerateObject().Skip(_common.Length))
        {
            var isNumber = member.Name is "entries" or "milliseconds" or "count";
            Assert.AreEqual(isNumber ? JsonValueKind.Number : JsonValueKind.String, member.Value.ValueKind, text);
            Assert.IsTrue(member.Name != "method" || AccessTable.Rules.ContainsKey(member.Value.GetString()!), text);
            Assert.IsTrue(member.Name != "reason" || Enum.TryParse<RefusalReason>(member.Value.GetString(), out _), text);
        }
    }
}
