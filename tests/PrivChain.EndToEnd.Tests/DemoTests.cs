using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using PrivChain.Cli.Commands;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Refusals;

namespace PrivChain.EndToEnd.Tests;

/// <summary>
/// The demo as a person runs it, once for all tests here; then what it left behind: the operator's disk holds nothing in the clear, receipts and trail verify offline, and one changed byte is found.
/// </summary>
[TestClass]
public sealed class DemoTests
{
    private static string _folder = null!;
    private static int _exitCode;
    private static string _output = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task RunDemoAsync(TestContext context)
    {
        _folder = Path.Combine(Directory.CreateTempSubdirectory("privchain-demo-").FullName, "out");
        var start = new ProcessStartInfo(DotnetHost.Muxer) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[DotnetHost.OwnProgram, "demo", "--out", _folder, "--json"])
        {
            start.ArgumentList.Add(argument);
        }

        // `dotnet run` leaves such variables behind; the enclave would refuse to start with them.
        start.Environment["DOTNET_LAUNCH_PROFILE"] = "x";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(context.CancellationToken);
        _output = await process.StandardOutput.ReadToEndAsync(context.CancellationToken);
        await process.WaitForExitAsync(context.CancellationToken);
        _exitCode = process.ExitCode;
        Assert.AreEqual(string.Empty, await errors);
    }

    [ClassCleanup]
    public static void RemoveFolder() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [TestMethod]
    public void Demo_EveryStep_ComesOutAsItMust()
    {
        using var document = JsonDocument.Parse(_output);
        var root = document.RootElement;
        var steps = root.GetProperty("steps").EnumerateArray().ToList();
        var wrong = steps.Where(step => !step.GetProperty("ok").GetBoolean()).Select(step => step.GetRawText()).ToList();
        Assert.IsEmpty(wrong, string.Join('\n', wrong));
        Assert.IsTrue(root.GetProperty("ok").GetBoolean(), _output);
        Assert.AreEqual(0, _exitCode);

        var refused = steps.Select(step => Enum.Parse<RefusalReason>(step.GetProperty("actual").GetString()!)).ToHashSet();
        foreach (var reason in (RefusalReason[])
        [
            RefusalReason.RefusedByPerson, RefusalReason.Revoked, RefusalReason.Expired, RefusalReason.Exhausted, RefusalReason.NotYours, RefusalReason.WrongRecipient, RefusalReason.FieldNotInContract,
            RefusalReason.DigestMismatch, RefusalReason.AlreadyRecorded, RefusalReason.BadSignature, RefusalReason.MeasurementNotAccepted, RefusalReason.EvidenceNotAccepted, RefusalReason.OverAsking,
            RefusalReason.Erased,
        ])
        {
            Assert.Contains(reason, refused, $"nothing was refused as {reason}");
        }
    }

    [TestMethod]
    public void Demo_WhenItEnded_LeavesNoProcess()
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => path[6..].All(char.IsAsciiDigit)))
        {
            try
            {
                var line = File.ReadAllText(Path.Combine(process, "cmdline"));
                Assert.IsFalse(line.Contains(_folder, StringComparison.Ordinal), $"still running: {line.Replace('\0', ' ')}");
            }
            catch (IOException)
            {
                // It ended while we looked.
            }
        }
    }

    [TestMethod]
    public void OperatorsDisk_HoldsNoValueInTheClear()
    {
        var needles = PlantedValues();
        var files = Directory.GetFiles(Path.Combine(_folder, "node"), "*", SearchOption.AllDirectories);
        Assert.IsNotEmpty(files);
        var found = files.SelectMany(file => needles.FindIn(file, File.ReadAllBytes(file))).ToList();
        Assert.IsEmpty(found, string.Join('\n', found));

        // The search finds what is there: in the papers that citizens hold themselves.
        var plain = Encoding.UTF8.GetBytes(string.Concat(PlainClaims().Select(claims => claims.GetRawText().Replace("\": ", "\":", StringComparison.Ordinal))));
        Assert.IsGreaterThan(100, needles.FindIn("plain", plain).Count);
    }

    [TestMethod]
    public void Answers_HoldNothingBeyondTheForms()
    {
        var values = new Needles();
        foreach (var claims in PlainClaims())
        {
            foreach (var name in (string[])["address", "familyName", "employer", "certificateNumber", "patientId", "medications"])
            {
                if (claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString()!.Length >= 8)
                {
                    values.Text(name, value.GetString()!);
                }
            }
        }

        var files = Directory.GetFiles(Path.Combine(_folder, "answers"), "*.json");
        Assert.HasCount(6, files);
        var found = files.SelectMany(file => values.FindIn(file, File.ReadAllBytes(file))).ToList();
        Assert.IsEmpty(found, string.Join('\n', found));
    }

    [TestMethod]
    public async Task Receipts_VerifyOffline_AndOneChangedByteIsNamed()
    {
        var files = Directory.GetFiles(Path.Combine(_folder, "receipts"), "*.json");
        Assert.HasCount(6, files);
        var changed = Path.Combine(_folder, "changed.json");
        foreach (var file in files)
        {
            var (code, _) = await VerifyReceiptAsync(file);
            Assert.AreEqual(0, code, file);

            var bytes = await File.ReadAllBytesAsync(file, TestContext.CancellationToken);
            for (var part = 1; part < 8; part++)
            {
                var at = bytes.Length * part / 8;
                bytes[at] ^= 0x01;
                await File.WriteAllBytesAsync(changed, bytes, TestContext.CancellationToken);
                var (refused, report) = await VerifyReceiptAsync(changed);
                Assert.AreNotEqual(0, refused, $"{file}, byte {at}");
                Assert.IsNotEmpty(report.GetProperty("failed").GetString()!);
                bytes[at] ^= 0x01;
            }
        }
    }

    [TestMethod]
    public async Task Trail_VerifiesOffline_AndOneChangedByteInAnyFileIsFound()
    {
        var trail = Path.Combine(_folder, "trail");
        var (code, _) = await VerifyTrailAsync();
        Assert.AreEqual(0, code);
        var files = Directory.GetFiles(trail, "*", SearchOption.AllDirectories);
        Assert.IsGreaterThan(10, files.Length);
        foreach (var file in files)
        {
            var right = await File.ReadAllBytesAsync(file, TestContext.CancellationToken);
            var wrong = (byte[])right.Clone();
            wrong[wrong.Length / 2] ^= 0x01;
            await File.WriteAllBytesAsync(file, wrong, TestContext.CancellationToken);
            var (refused, report) = await VerifyTrailAsync();
            await File.WriteAllBytesAsync(file, right, TestContext.CancellationToken);
            Assert.AreNotEqual(0, refused, file);
            Assert.IsNotEmpty(report.GetProperty("detail").GetString()!, file);
        }
    }

    private static Needles PlantedValues()
    {
        // What contracts and profiles say in public is no secret of anybody's: there the same words are found.
        var known = string.Concat(Directory.GetFiles(Path.Combine(_folder, "trail", "documents")).Select(File.ReadAllText));
        var needles = new Needles();
        foreach (var claim in PlainClaims().SelectMany(claims => claims.EnumerateObject()))
        {
            foreach (var value in claim.Value.ValueKind == JsonValueKind.Array ? claim.Value.EnumerateArray().ToList() : [claim.Value])
            {
                if (value.ValueKind != JsonValueKind.String || value.GetString() is not { } text || Encoding.UTF8.GetByteCount(text) < 8 || known.Contains(text, StringComparison.Ordinal))
                {
                    continue;
                }

                // A Chinese name of three characters is long enough in UTF-8, and too short in UTF-16 to be no chance find.
                _ = text.Length >= 4 ? needles.Text(claim.Name, text) : needles.Bytes(claim.Name, Encoding.UTF8.GetBytes(text));
            }

            // Short values and numbers are found by chance: they are looked for beside their name.
            needles.Text($"{claim.Name} with its name", $"\"{claim.Name}\":{claim.Value.GetRawText()}");
        }

        return needles;
    }

    private static List<JsonElement> PlainClaims()
    {
        var claims = Directory.GetFiles(Path.Combine(_folder, "plain"), "*.json")
            .Select(file => JsonDocument.Parse(File.ReadAllBytes(file)).RootElement.GetProperty("claims"))
            .ToList();
        Assert.HasCount(15, claims);
        return claims;
    }

    private Task<(int Code, JsonElement Report)> VerifyReceiptAsync(string file) =>
        InvokeAsync("receipt", "verify", file, "--genesis", Path.Combine(_folder, "genesis.json"), "--accept-simulated", "--json");

    private Task<(int Code, JsonElement Report)> VerifyTrailAsync() =>
        InvokeAsync("trail", "verify", Path.Combine(_folder, "trail"), "--genesis", Path.Combine(_folder, "genesis.json"), "--json");

    private async Task<(int Code, JsonElement Report)> InvokeAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        var code = await CommandTree.Make().Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = output }, TestContext.CancellationToken);
        using var report = JsonDocument.Parse(output.ToString());
        return (code, report.RootElement.Clone());
    }
}
