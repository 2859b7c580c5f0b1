using PrivChain.Cli.Deployment;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Query;

namespace PrivChain.App.Tests;

/// <summary>Names, messages and fields that want to be more than text.</summary>
[TestClass]
public sealed class HostileTextTests
{
    private const string Markup = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";

    [TestMethod]
    public async Task HostileNamesAndFields_AreOnlyText()
    {
        await using var world = await World.StartAsync();
        using var twin = RoleKeys.Generate();
        using var odd = RoleKeys.Generate();
        await world.EnrolAsync(LedgerRole.Institution, twin.Profile("Bank of Jinlinq", Markup, Markup, Markup, "CN", signsRecords: false));
        await world.EnrolAsync(LedgerRole.Institution, odd.Profile("B\u0430nk \u202egnilniJ fo", Markup, "-", "-", "CN", signsRecords: false));
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink, "zh-CN");
        await visit.CreateWalletAsync(AppWorld.Passphrase);
        var contact = await visit.ContactAsync(world, world.Registry.Account.Address.ToString());
        var claims = World.IdentityClaims();
        claims["familyName"] = "<b onmouseover=alert(1)>Lin</b>";
        claims["address"] = "{{7*7}} ${7*7} <svg onload=alert(1)>";
        await world.IssueAsync("identity-card/1", claims, contact);
        var institution = new InstitutionClient(world.Connection, twin.Account, twin.EncryptionKey);
        var contract = await world.PublishAsync("age-check", institution, twin);
        await institution.RequestAsync(await visit.ContactAsync(world, twin.Account.Address.ToString()), contract.Digest, 1, TimeSpan.FromDays(1), Markup);

        await visit.GoAsync("/data");
        await visit.Page.WaitForSelectorAsync(".record");
        foreach (var field in await visit.Page.Locator(".reveal").AllAsync())
        {
            await field.ClickAsync();
        }

        StringAssert.Contains(await visit.TextAsync(".record"), "<b onmouseover=alert(1)>Lin</b>");
        await visit.ReadRequestAsync();
        StringAssert.Contains(await visit.TextAsync("blockquote"), "<script>");
        StringAssert.Contains(await visit.TextAsync(".notice.caution >> nth=0"), "金陵银行", "a name one letter from another's was not flagged");
        await visit.GoAsync("/share");
        await visit.Page.WaitForSelectorAsync("#with option >> nth=3", new Microsoft.Playwright.PageWaitForSelectorOptions { State = Microsoft.Playwright.WaitForSelectorState.Attached });
        Assert.IsFalse((await visit.TextAsync("#with")).Contains('\u202e'), "a mark that turns the direction of text reached the screen");
        Assert.AreEqual(0, await visit.Page.Locator("main img, main script, main svg, main b[onmouseover]").CountAsync());
        Assert.AreNotEqual("owned", await visit.Page.TitleAsync());
        visit.AssertClean();
    }

    // What the policy of the page is for: even a script of this origin cannot make markup or scripts out of text.
    [TestMethod]
    public async Task Page_RefusesMarkupAndScriptsMadeOfText()
    {
        var world = await SharedWorld.OpenAsync();
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await visit.Page.WaitForSelectorAsync("#create");
        foreach (var attack in new[]
        {
            "document.body.innerHTML = '<img src=x onerror=alert(1)>'",
            "document.createElement('script').text = 'alert(1)'",
            "document.createElement('script').src = 'https://elsewhere.example/x.js'",
            "new Worker('/app.js')",
            "document.body.innerHTML = '<iframe srcdoc=x></iframe>'",
        })
        {
            Assert.IsTrue(await visit.Page.EvaluateAsync<bool>($"() => {{ try {{ {attack}; return false; }} catch {{ return true; }} }}"), attack);
        }

        var response = await visit.Page.APIRequest.GetAsync(new Uri(visit.Home, "/").ToString());
        var policy = response.Headers["content-security-policy"];
        foreach (var part in new[] { "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval';", "frame-ancestors 'none'", "require-trusted-types-for 'script'" })
        {
            StringAssert.Contains(policy, part);
        }

        Assert.IsFalse(policy.Contains("'unsafe-inline'", StringComparison.Ordinal) || policy.Contains("'unsafe-eval'", StringComparison.Ordinal), policy);
    }
}
