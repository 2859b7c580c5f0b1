using System.Net;
using System.Net.Sockets;
using System.Text;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;

namespace PrivChain.EndToEnd.Tests;

/// <summary>What outlives a process: the address to which wallets in browsers belong, and a file that one program wrote and another opens.</summary>
[TestClass]
public sealed class DeploymentTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("privchain-deployment-").FullName;

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Deployment_StartedAgain_HasTheAppWhereItWas()
    {
        // A hint that cannot be read is no hint.
        var folder = new DeploymentFolder(_folder);
        folder.Prepare("test", TimeProvider.System);
        await File.WriteAllTextAsync(folder.AddressFile, "{", TestContext.CancellationToken);
        var first = await StartAsync();
        Assert.AreEqual(first.Web, (await StartAsync()).Web);
        using (var other = new TcpListener(IPAddress.Loopback, first.Web.Port))
        {
            other.Start();
            Assert.AreEqual(RefusalReason.Conflict, (await Assert.ThrowsExactlyAsync<RefusalException>(() => StartAsync())).Reason);
            Assert.AreNotEqual(first.Web, (await StartAsync(webPort: 0)).Web, "a free port was asked for");
        }

        async Task<DeploymentAddress> StartAsync(int? webPort = null)
        {
            await using var running = await RunningDeployment.StartAsync(folder, "test", 0, TimeProvider.System, TestContext.CancellationToken, webPort: webPort);
            return running.Address;
        }
    }

    // As the app seals it: with a passphrase in any script, typed on any keyboard.
    [TestMethod]
    [DataRow("我的 密码 很长很长", "我的 密码 很长很长")]
    [DataRow("un mot de passe tr\u00e8s long", "un mot de passe tre\u0300s long")]
    public async Task Keystore_PassphraseOutsideAscii_OpensInTheProgram(string sealedUnder, string typed)
    {
        using var phrase = Mnemonic.Generate();
        using var content = KeystoreContent.Of(phrase);
        using var wallet = Wallet.Open(phrase).OrThrow();
        using var account = wallet.Account(0);
        var file = Path.Combine(_folder, "me.json");
        PrivateFile.WriteNew(file, Encoding.UTF8.GetBytes(Keystore.Seal(content, sealedUnder, Argon2idParameters.Floor).OrThrow()));
        var (code, document, errors) = await CommandProcess.RunAsync(
            ["wallet", "show", "--keystore", file], new Dictionary<string, string> { ["PRIVCHAIN_PASSPHRASE"] = typed }, TestContext.CancellationToken);
        Assert.AreEqual(0, code, $"{document} {errors}");
        Assert.AreEqual(account.Address.ToString(), (string?)document["account"]);
    }
}
