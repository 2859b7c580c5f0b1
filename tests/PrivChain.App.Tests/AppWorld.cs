using System.Text;
using Microsoft.Playwright;
using PrivChain.Core.Contracts;
using PrivChain.Core.Keys;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Query;

namespace PrivChain.App.Tests;

/// <summary>What the stories in the browser have in common: records for the person of a visit, and a request to them.</summary>
internal static class AppWorld
{
    public const string Passphrase = "a horse in the library";

    /// <summary>A wallet with an identity card.</summary>
    public static async Task EnterAsync(this AppVisit visit, World world, string words = "en")
    {
        await visit.CreateWalletAsync(Passphrase, words);
        await world.IssueIdentityAsync(await visit.ContactAsync(world, world.Registry.Account.Address.ToString()));
    }

    /// <summary>On a page of an organisation: its keys from a keystore file.</summary>
    public static async Task OpenKeysAsync(this AppVisit visit, Mnemonic phrase)
    {
        using var content = KeystoreContent.Of(phrase);
        var file = Keystore.Seal(content, Passphrase, Argon2idParameters.Floor).OrThrow();
        await visit.Page.SetInputFilesAsync("#keystore", new FilePayload { Name = "keys.json", MimeType = "application/json", Buffer = Encoding.UTF8.GetBytes(file) });
        await visit.FillAsync("#passphrase", Passphrase);
        await visit.ClickAsync("#open-keys");
    }

    /// <summary>What a button saves.</summary>
    public static Task<byte[]> DownloadAsync(this AppVisit visit, string button) => visit.DownloadAsync(() => visit.ClickAsync(button));

    /// <summary>What an act saves.</summary>
    public static async Task<byte[]> DownloadAsync(this AppVisit visit, Func<Task> act)
    {
        var download = await visit.Page.RunAndWaitForDownloadAsync(act);
        using var content = new MemoryStream();
        await (await download.CreateReadStreamAsync()).CopyToAsync(content);
        return content.ToArray();
    }

    /// <summary>The person's contact for an organisation.</summary>
    public static async Task<CitizenContact> ContactAsync(this AppVisit visit, World world, string account)
    {
        Assert.IsTrue(CitizenContact.TryParse(await visit.ContactForAsync(account), world.Connection.Domain, out var contact));
        return contact;
    }

    /// <summary>The bank asks the person of the visit.</summary>
    public static async Task<PendingRequest> AskAsync(this AppVisit visit, World world, PrivacyContract contract, uint uses = 2, string message = "Your ticket") =>
        await world.Institution.RequestAsync(await visit.ContactAsync(world, world.Bank.Account.Address.ToString()), contract.Digest, uses, TimeSpan.FromDays(3), message);

    /// <summary>From the list of requests to the reading page of the only one, practice enclaves accepted.</summary>
    public static async Task ReadRequestAsync(this AppVisit visit, bool isFirst = true)
    {
        await visit.GoAsync("/requests");
        await visit.ClickAsync(".rows a");
        if (isFirst)
        {
            await visit.ClickAsync("#accept-practice");
        }

        await visit.Page.WaitForSelectorAsync(".seen");
    }

    /// <summary>From the reading page to the consent.</summary>
    public static async Task SayYesAsync(this AppVisit visit)
    {
        await visit.ClickAsync("#go-on");
        await visit.Page.CheckAsync("#sure");
        await visit.ClickAsync("#sign");
        await visit.Page.WaitForSelectorAsync("#see-consent");
    }
}
