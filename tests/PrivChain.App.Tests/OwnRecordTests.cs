using System.Text;
using Microsoft.Playwright;
using PrivChain.Core.Contracts;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Trail;

namespace PrivChain.App.Tests;

/// <summary>A person writes down something about themselves, is told what is wrong with it, and an institution that asks for no more gets an answer from it.</summary>
[TestClass]
public sealed class OwnRecordTests
{
    [TestMethod]
    public async Task Person_StatesSomething_AndIsAskedForIt()
    {
        var world = await SharedWorld.OpenAsync();
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        using var phrase = Mnemonic.Parse(string.Join(' ', await visit.CreateWalletAsync(AppWorld.Passphrase))).OrThrow();
        using var citizen = new CitizenClient(world.Connection, Wallet.Open(phrase).OrThrow());
        await visit.GoAsync("/data");
        await visit.ClickAsync("#add");
        await visit.Page.SelectOptionAsync("#kind", "contact-details/1");
        await visit.Page.WaitForSelectorAsync("#field-phone");
        await ScreenTests.ShowInBothAsync(visit, "add");
        await visit.FillAsync("#field-phone", "0251111");
        await visit.FillAsync("#field-email", "<b>lin</b>@example.org");
        await visit.ClickAsync("#keep");
        await visit.Page.WaitForSelectorAsync("#field-name[aria-invalid=true]");
        Assert.AreEqual(1, await visit.At("#field-phone[aria-invalid=true]").CountAsync());
        Assert.AreEqual(0, await visit.At("#field-email[aria-invalid=true]").CountAsync());
        await ScreenTests.ShowInBothAsync(visit, "add-wrong");
        await visit.FillAsync("#field-name", "Lin Qiuyan");
        await visit.FillAsync("#field-phone", "+8625111122");
        await visit.Page.SelectOptionAsync("#field-callsAllowed", "false");
        await visit.ClickAsync("#keep");
        await visit.Page.WaitForSelectorAsync(".record[data-schema='contact-details/1'] .caution");
        await visit.ClickAsync(".record .reveal >> nth=2");
        StringAssert.Contains(await visit.TextAsync(".record"), "<b>lin</b>@example.org");
        await ScreenTests.ShowInBothAsync(visit, "data-own");

        var pending = await visit.AskAsync(world, await world.PublishAsync("appointment-contact"), uses: 3);
        await visit.ReadRequestAsync();
        StringAssert.Contains(await visit.TextAsync("main"), "what you state yourself will do");
        await ScreenTests.ShowInBothAsync(visit, "request-own", ".seen strong");

        // Yes to less: one of three optional fields, fewer uses, a shorter time.
        await visit.ClickAsync("[data-field='contact-details.phone'] .switch");
        await visit.FillAsync("#days", "1");
        await visit.FillAsync("#uses", "2");
        await visit.Page.Keyboard.PressAsync("Tab");
        await ScreenTests.ShowInBothAsync(visit, "request-less", ".seen strong");
        await visit.SayYesAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var consent = await pending.WaitForConsentAsync(limit.Token);
        Assert.AreEqual("contact-details/1", consent.SelfAsserted.Single().Id);
        Assert.AreEqual(2U, consent.Uses);
        Assert.IsLessThanOrEqualTo(86_400UL, consent.Entry.Entry.NotAfter - consent.Entry.Entry.NotBefore);
        CollectionAssert.AreEqual(new[] { "contact-details.name", "contact-details.phone" }, consent.Details.Fields.ToArray());
        var answer = await world.Institution.QueryAsync(consent);
        Assert.IsNull(answer.Refusal, answer.Refusal?.ToString());
        Assert.AreEqual(FormResultKind.NotGranted, answer["contact-details.email"].Kind);
        Assert.AreNotEqual(FormResultKind.NotGranted, answer["contact-details.phone"].Kind);

        // Taken out again: what is gone is not answered from.
        await visit.GoAsync("/data");
        await visit.ClickAsync(".record details:last-of-type summary");
        await visit.ClickAsync(".record .danger");
        await visit.Page.WaitForSelectorAsync("#save-tombstone");
        await visit.Page.WaitForSelectorAsync("#gone button");
        await ScreenTests.ShowInBothAsync(visit, "data-deleted");
        foreach (var button in new[] { "#save-tombstone", "#gone button" })
        {
            var saving = await visit.Page.RunAndWaitForDownloadAsync(() => visit.ClickAsync(button));
            using var saved = new MemoryStream();
            await (await saving.CreateReadStreamAsync()).CopyToAsync(saved);
            var tombstone = EntryProof.Verify(saved.ToArray(), world.Deployment.Genesis).OrThrow();
            Assert.AreEqual(EntryKind.Erase, tombstone.Entry.Kind, button);
            StringAssert.Contains(await visit.TextAsync("#gone"), tombstone.Entry.Reference.ToString());
        }

        Assert.AreEqual(Core.Refusals.RefusalReason.Erased, (await world.Institution.QueryAsync(consent)).Refusal?.Reason);

        // Where an issuer's word is wanted the own does not count: that, and not that there is none, is said.
        await citizen.StateAsync("identity-card/1", Encoding.UTF8.GetBytes(World.IdentityClaims().ToJsonString()), limit.Token);
        await visit.AskAsync(world, await world.PublishAsync("age-check"));
        await visit.ReadRequestAsync(isFirst: false);
        StringAssert.Contains(await visit.TextAsync(".seen .answer"), "You stated this yourself, but this contract takes it only from an issuer.");
        Assert.AreEqual("Identity card: You stated this yourself, but this contract takes it only from an issuer. An office that has it can send it to you.", await visit.TextAsync("#obstacles li"));
        await ScreenTests.ShowInBothAsync(visit, "request-own-word", ".seen strong");
        await visit.ClickAsync("#refuse-fold summary");
        await visit.ClickAsync("#refuse");
        await visit.Page.WaitForSelectorAsync("#done-no");

        // One that cannot be read holds up what may need it, says where to find it, and accuses the site of nothing else.
        await visit.Page.RouteAsync("**/privchain.v1.Vault/GetRecord", route => route.FulfillAsync(new RouteFulfillOptions
        {
            Status = 200, Headers = new Dictionary<string, string> { ["content-type"] = "application/grpc-web", ["grpc-status"] = "5" },
        }));
        await citizen.StateAsync("contact-details/1", """{"name":"Lin","phone":"+8625111122","email":"lin@example.org","callsAllowed":false}"""u8.ToArray(), limit.Token);
        await visit.AskAsync(world, await world.PublishAsync("appointment-contact"));
        await visit.ReadRequestAsync(isFirst: false);
        StringAssert.Contains(await visit.TextAsync("#obstacles li"), "One of your records cannot be read");
        StringAssert.Contains(await visit.TextAsync(".seen .answer"), "One of your records cannot be read");
        Assert.AreEqual(0, await visit.At("main [data-reason]").CountAsync());
        await ScreenTests.ShowInBothAsync(visit, "request-unreadable", ".seen strong");
        await visit.ClickAsync("#to-unreadable");
        await visit.Page.WaitForSelectorAsync(".card.unreadable [data-reason=RecordMissing]");
        await visit.Page.UnrouteAsync("**/privchain.v1.Vault/GetRecord");
        await visit.ReadRequestAsync(isFirst: false);
        Assert.AreEqual(0, await visit.At("#obstacles").CountAsync());
        visit.AssertClean();
    }
}
