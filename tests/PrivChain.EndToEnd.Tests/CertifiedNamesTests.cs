using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.EndToEnd.Tests;

/// <summary>A ledger whose genesis names an authority: governors admit, by the command line, whom it certifies, and nobody else.</summary>
[TestClass]
public sealed class CertifiedNamesTests
{
    public required TestContext TestContext { get; set; }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task CommandLine_AdmitsWhomTheAuthorityCertifies_AndNobodyElse()
    {
        await using var world = await World.StartAsync(certified: true);
        string In(string name) => Path.Combine(world.Folder, name);
        var keystore = In("clinic.json");
        var (code, wallet, errors) = await CommandProcess.RunAsync(["wallet", "new", "--keystore", keystore], cancellation: TestContext.CancellationToken);
        Assert.AreEqual(0, code, errors);
        Assert.IsTrue(AccountAddress.TryParse((string)wallet["account"]!, out var account));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(In("clinic.pem"), PemEncoding.WriteString("CERTIFICATE", world.Authority!.Issue("Jinling Clinic Ltd", key).Span), TestContext.CancellationToken);
        await File.WriteAllTextAsync(In("clinic.key"), key.ExportPkcs8PrivateKeyPem(), TestContext.CancellationToken);
        using var another = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(In("another.key"), another.ExportPkcs8PrivateKeyPem(), TestContext.CancellationToken);
        using var larger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        await File.WriteAllTextAsync(In("larger.key"), larger.ExportPkcs8PrivateKeyPem(), TestContext.CancellationToken);
        await File.WriteAllBytesAsync(In("clinic.sig"), key.SignData(OrganisationProfile.BindingMessage(world.Connection.LedgerId, account), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence), TestContext.CancellationToken);

        async Task<(int Code, string Detail)> EnrolAsync(string role, params string[] more)
        {
            var (result, document, _) = await CommandProcess.RunAsync(
                ["enrol", role, "--keystore", keystore, "--name-en", "The Clinic", "--name-zh", "诊所", "--deployment", world.Folder, .. more], cancellation: TestContext.CancellationToken);
            return (result, (string?)document["detail"] ?? string.Empty);
        }

        foreach (var (reason, more) in new (RefusalReason Reason, string[] More)[]
        {
            (RefusalReason.UntrustedRoot, []),
            (RefusalReason.UntrustedRoot, ["--certificate", In("clinic.pem"), "--certificate-key", In("another.key")]),
            (RefusalReason.BadSettings, ["--certificate", In("clinic.pem"), "--certificate-key", In("larger.key")]),
            (RefusalReason.BadSettings, ["--certificate", In("clinic.pem"), "--certificate-key", In("clinic.pem")]),
            (RefusalReason.BadSettings, ["--certificate", In("clinic.pem"), "--certificate-key", In("clinic.key"), "--certificate-signature", In("clinic.sig")]),
            (RefusalReason.BadSettings, ["--certificate-key", In("clinic.key")]),
            (RefusalReason.Malformed, ["--certificate", In("clinic.key"), "--certificate-key", In("clinic.key")]),
            (RefusalReason.NotFound, ["--certificate", In("nothing.pem"), "--certificate-key", In("clinic.key")]),
        })
        {
            Assert.AreEqual((int)reason, (await EnrolAsync("institution", more)).Code, string.Join(' ', more));
        }

        var wanted = await EnrolAsync("institution", "--certificate", In("clinic.pem"));
        Assert.AreEqual((int)RefusalReason.BadSettings, wanted.Code);
        StringAssert.Contains(wanted.Detail, Hex.Encode(OrganisationProfile.BindingMessage(world.Connection.LedgerId, account)), "whoever keeps the key elsewhere does not learn what it has to sign");

        Assert.AreEqual(0, (await EnrolAsync("institution", "--certificate", In("clinic.pem"), "--certificate-key", In("clinic.key"))).Code);
        Assert.AreEqual(0, (await EnrolAsync("regulator", "--certificate", In("clinic.pem"), "--certificate-signature", In("clinic.sig"))).Code);
        foreach (var role in new[] { LedgerRole.Institution, LedgerRole.Regulator })
        {
            var clinic = await world.Connection.Organisations.GetAsync(role, account, TestContext.CancellationToken);
            Assert.AreEqual("Jinling Clinic Ltd", clinic.CertifiedName);
        }
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Up_TakesAuthoritiesOfANewLedgerAlone_AndNobodyWhoMayNotCertify()
    {
        using var authority = new TestAuthority();
        var folder = Directory.CreateTempSubdirectory("privchain-authority-").FullName;
        try
        {
            string In(string name) => Path.Combine(folder, name);
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            await File.WriteAllBytesAsync(In("leaf.der"), authority.Issue("Nobody Ltd", key).ToArray(), TestContext.CancellationToken);
            await File.WriteAllTextAsync(In("root.pem"), "Members' authority\n" + PemEncoding.WriteString("CERTIFICATE", authority.Certificate.Span), TestContext.CancellationToken);
            Task<(int Code, System.Text.Json.Nodes.JsonObject Document, string Errors)> UpAsync(string file) =>
                CommandProcess.RunAsync(["up", "--deployment", In("deployment"), "--authority", In(file)], cancellation: TestContext.CancellationToken);
            Assert.AreEqual((int)RefusalReason.BadSettings, (await UpAsync("leaf.der")).Code);
            Assert.IsFalse(Directory.Exists(In("deployment")), "a refused line left something behind");

            var deployment = new Cli.Deployment.DeploymentFolder(In("deployment"));
            var genesis = deployment.Prepare("x", TimeProvider.System);
            Assert.IsEmpty(genesis.CertificateAuthorities);
            Assert.AreEqual((int)RefusalReason.BadSettings, (await UpAsync("root.pem")).Code, "an authority was given to a ledger that names none");

            var certified = new Cli.Deployment.DeploymentFolder(In("certified"));
            genesis = certified.Prepare("x", TimeProvider.System, authorities: Cli.Deployment.CertificateFile.ReadAuthorities(In("root.pem")));
            Assert.AreEqual(Convert.ToBase64String(authority.Certificate.Span), genesis.CertificateAuthorities.Single());
            Assert.AreEqual(genesis.LedgerId, certified.Prepare("x", TimeProvider.System).LedgerId);
            Assert.AreEqual(genesis.LedgerId, certified.Prepare("x", TimeProvider.System, authorities: [authority.Certificate, authority.Certificate]).LedgerId);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
