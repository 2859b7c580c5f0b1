using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;
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
        using var phrase = Mnemonic.Generate();
        CommandProcess.Keep(keystore, phrase);
        using var clinic = new RoleKeys(Wallet.Open(phrase).OrThrow());
        var account = clinic.Account.Address;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(In("clinic.pem"), PemEncoding.WriteString("CERTIFICATE", world.Authority!.Issue("Jinling Clinic Ltd", key).Span), TestContext.CancellationToken);
        await File.WriteAllTextAsync(In("clinic.key"), key.ExportPkcs8PrivateKeyPem(), TestContext.CancellationToken);
        using var another = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(In("another.key"), another.ExportPkcs8PrivateKeyPem(), TestContext.CancellationToken);
        using var larger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        await File.WriteAllTextAsync(In("larger.key"), larger.ExportPkcs8PrivateKeyPem(), TestContext.CancellationToken);
        var message = OrganisationProfile.BindingMessage(world.Connection.LedgerId, account);
        await File.WriteAllBytesAsync(In("clinic.sig"), key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence), TestContext.CancellationToken);
        await File.WriteAllBytesAsync(In("clinic.raw"), key.SignData(message, HashAlgorithmName.SHA256), TestContext.CancellationToken);
        await File.WriteAllBytesAsync(In("hashed.sig"), key.SignHash(message, DSASignatureFormat.Rfc3279DerSequence), TestContext.CancellationToken);
        var pem = await File.ReadAllTextAsync(In("clinic.pem"), TestContext.CancellationToken);
        await File.WriteAllBytesAsync(In("clinic.der"), world.Authority.Issue("Jinling Clinic Ltd", key).ToArray(), TestContext.CancellationToken);
        await File.WriteAllTextAsync(In("cut.pem"), pem[..^20], TestContext.CancellationToken);
        await File.WriteAllTextAsync(In("both.pem"), pem + "\n" + key.ExportPkcs8PrivateKeyPem(), TestContext.CancellationToken);
        await File.WriteAllTextAsync(In("second-cut.pem"), pem + "\n" + pem[..^20], TestContext.CancellationToken);
        await File.WriteAllTextAsync(In("marked.pem"), "\ufeff" + pem.ReplaceLineEndings("\r\n"), TestContext.CancellationToken);
        await File.WriteAllTextAsync(In("marked.key"), "\ufeff-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + key.ExportECPrivateKeyPem().ReplaceLineEndings("\r\n"), TestContext.CancellationToken);
        await File.WriteAllTextAsync(In("wrong-order.pem"), PemEncoding.WriteString("CERTIFICATE", world.Authority.Certificate.Span) + "\n" + pem, TestContext.CancellationToken);
        await File.WriteAllTextAsync(In("with-root.pem"), pem + "\n" + PemEncoding.WriteString("CERTIFICATE", world.Authority.Certificate.Span), TestContext.CancellationToken);
        await File.WriteAllTextAsync(In("five.pem"), string.Join('\n', Enumerable.Repeat(pem, 5)), TestContext.CancellationToken);

        async Task<(int Code, System.Text.Json.Nodes.JsonObject Document)> EnrolAsync(string role, params string[] more)
        {
            var (result, document, _) = await CommandProcess.RunAsync(
                ["enrol", role, "--keystore", keystore, "--name-en", "The Clinic", "--name-zh", "诊所", "--deployment", world.Folder, .. more], cancellation: TestContext.CancellationToken);
            return (result, document);
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
            (RefusalReason.Malformed, ["--certificate", In("cut.pem"), "--certificate-key", In("clinic.key")]),
            (RefusalReason.Malformed, ["--certificate", In("second-cut.pem"), "--certificate-key", In("clinic.key")]),
            (RefusalReason.Malformed, ["--certificate", In("both.pem"), "--certificate-key", In("clinic.key")]),
            (RefusalReason.TooLarge, ["--certificate", In("five.pem"), "--certificate-key", In("clinic.key")]),
            (RefusalReason.UntrustedRoot, ["--certificate", In("wrong-order.pem"), "--certificate-key", In("clinic.key")]),
            (RefusalReason.UntrustedRoot, ["--certificate", In("clinic.pem"), "--certificate-signature", In("hashed.sig")]),
        })
        {
            Assert.AreEqual((int)reason, (await EnrolAsync("institution", more)).Code, string.Join(' ', more));
        }

        var wanted = await EnrolAsync("institution", "--certificate", In("clinic.pem"));
        Assert.AreEqual((int)RefusalReason.BadSettings, wanted.Code);
        Assert.AreEqual(Convert.ToHexStringLower(message), (string?)wanted.Document["toSign"], "whoever keeps the key elsewhere does not learn what it has to sign");

        // Each form that a file may have, and the key's own computer or another's.
        foreach (var (role, more) in new (LedgerRole Role, string[] More)[]
        {
            (LedgerRole.Institution, ["--certificate", In("marked.pem"), "--certificate-key", In("marked.key")]),
            (LedgerRole.Regulator, ["--certificate", In("with-root.pem"), "--certificate-signature", In("clinic.sig")]),
            (LedgerRole.Issuer, ["--certificate", In("clinic.der"), "--certificate-signature", In("clinic.raw")]),
        })
        {
            var (result, document) = await EnrolAsync(role.ToString().ToLowerInvariant(), more);
            Assert.AreEqual((0, "Jinling Clinic Ltd"), (result, (string?)document["certifiedName"]), document.ToJsonString());
            Assert.AreEqual("Jinling Clinic Ltd", (await world.Connection.Organisations.GetAsync(role, account, TestContext.CancellationToken)).CertifiedName);
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
            var now = TimeProvider.System.GetUtcNow();
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            byte[] Rooted(Func<CertificateRequest, X509Certificate2> make)
            {
                using var made = make(TestAuthority.Request("CN=Root", key, authority: true));
                return made.RawData;
            }

            await File.WriteAllBytesAsync(In("leaf.der"), authority.Issue("Nobody Ltd", key).ToArray(), TestContext.CancellationToken);
            await File.WriteAllTextAsync(In("root.pem"), "Members' authority\n" + PemEncoding.WriteString("CERTIFICATE", authority.Certificate.Span), TestContext.CancellationToken);
            await File.WriteAllTextAsync(In("cut.pem"), PemEncoding.WriteString("CERTIFICATE", authority.Certificate.Span)[..^20], TestContext.CancellationToken);
            await File.WriteAllBytesAsync(In("over.der"), Rooted(request => request.CreateSelfSigned(now.AddDays(-10), now.AddDays(-1))), TestContext.CancellationToken);
            Task<(int Code, System.Text.Json.Nodes.JsonObject Document, string Errors)> UpAsync(string file) =>
                CommandProcess.RunAsync(["up", "--deployment", In("deployment"), "--authority", In(file)], cancellation: TestContext.CancellationToken);
            foreach (var (reason, file) in new[] { (RefusalReason.BadSettings, "leaf.der"), (RefusalReason.BadSettings, "over.der"), (RefusalReason.Malformed, "cut.pem"), (RefusalReason.NotFound, "nothing.pem") })
            {
                Assert.AreEqual((int)reason, (await UpAsync(file)).Code, file);
            }

            Assert.IsFalse(Directory.Exists(In("deployment")), "a refused line left something behind");

            var deployment = new DeploymentFolder(In("deployment"));
            var genesis = deployment.Prepare("x", TimeProvider.System);
            Assert.IsEmpty(genesis.CertificateAuthorities);
            Assert.AreEqual((int)RefusalReason.BadSettings, (await UpAsync("root.pem")).Code, "an authority was given to a ledger that names none");

            var certified = new DeploymentFolder(In("certified"));
            genesis = certified.Prepare("x", TimeProvider.System, authorities: CertificateFile.ReadAuthorities(In("root.pem"), TimeProvider.System));
            Assert.AreEqual(Convert.ToBase64String(authority.Certificate.Span), genesis.CertificateAuthorities.Single());
            Assert.AreEqual(genesis.LedgerId, certified.Prepare("x", TimeProvider.System).LedgerId);
            Assert.AreEqual(genesis.LedgerId, certified.Prepare("x", TimeProvider.System, authorities: [authority.Certificate, authority.Certificate]).LedgerId);

            // What could not be read again is not written.
            var unnamed = new DeploymentFolder(In("unnamed"));
            Assert.ThrowsExactly<RefusalException>(() => unnamed.Prepare("城市", TimeProvider.System));
            Assert.IsFalse(unnamed.Exists);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
