using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace PrivChain.App.Tests;

/// <summary>One person at one browser. What must never happen is noted as it happens: errors in the page, refused policy, requests to anywhere else.</summary>
internal sealed class AppVisit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentQueue<string> _requests = new();

    public AppVisit(IBrowserContext context, IPage page, Uri home)
    {
        _context = context;
        Page = page;
        Home = new Uri(home.GetLeftPart(UriPartial.Authority));
        page.Console += (_, message) =>
        {
            // A call that is refused is an answer, and the browser's own line about it is no fault of the page.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _faults.Enqueue(message.Text);
            }
        };
        page.PageError += (_, text) => _faults.Enqueue(text);
        page.Request += (_, request) => _requests.Enqueue(request.Url);
    }

    public IPage Page { get; }

    public Uri Home { get; }

    /// <summary>Of the browser, which the app takes over: <c>en</c> or <c>zh</c>.</summary>
    public string Language { get; init; } = "en";

    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Nothing went wrong in the page, and nothing was asked of anybody else.</summary>
    public void AssertClean()
    {
        Assert.IsEmpty(_faults, string.Join('\n', _faults));
        Assert.IsEmpty(_requests.Where(url => !url.StartsWith(Home.ToString(), StringComparison.Ordinal) && !url.StartsWith("blob:" + Home.ToString(), StringComparison.Ordinal)).ToList());
    }

    /// <summary>The one of two texts that a page says in the language of this visit.</summary>
    public string Says(string english, string chinese) => Language == "zh" ? chinese : english;

    public ILocator At(string selector) => Page.Locator(selector);

    public Task ClickAsync(string selector) => Page.ClickAsync(selector);

    public Task FillAsync(string selector, string text) => Page.FillAsync(selector, text);

    public Task<string> TextAsync(string selector) => Page.InnerTextAsync(selector);

    /// <summary>Waits for a text anywhere on the page.</summary>
    public Task SeeAsync(string text) => Page.GetByText(text).First.WaitForAsync();

    public async Task GoAsync(string path) => await Page.EvaluateAsync("path => { document.querySelector('.tabs a, .brand')?.focus(); Blazor.navigateTo(path); }", path);

    /// <summary>Makes a wallet as a person does, and returns its words.</summary>
    public async Task<string[]> CreateWalletAsync(string passphrase, string words = "en")
    {
        var phrase = await AskForWalletAsync(passphrase, words);
        await Page.WaitForSelectorAsync(".tabs");
        return phrase;
    }

    /// <summary>As far as the button that keeps it.</summary>
    public async Task<string[]> AskForWalletAsync(string passphrase, string words = "en")
    {
        await ClickAsync("#create");
        await ClickAsync("#words-" + words);
        var phrase = (await Page.Locator("#phrase li").AllInnerTextsAsync()).ToArray();
        await ClickAsync("#written");
        var labels = await Page.Locator("form label").AllInnerTextsAsync();
        for (var i = 0; i < labels.Count; i++)
        {
            var place = int.Parse(string.Concat(labels[i].Where(char.IsAsciiDigit)), System.Globalization.CultureInfo.InvariantCulture);
            await FillAsync($"#word-{i}", phrase[place - 1]);
        }

        await ClickAsync("#check");
        await FillAsync("#new-passphrase", passphrase);
        await FillAsync("#repeat-passphrase", passphrase);
        await ClickAsync("#keep");
        return phrase;
    }

    public async Task UnlockAsync()
    {
        await FillAsync("#passphrase", AppWorld.Passphrase);
        await ClickAsync("#unlock");
        await Page.WaitForSelectorAsync(".tabs");
    }

    /// <summary>Does something to everything that the browser keeps sealed: an expression over <c>store</c> and <c>names</c>.</summary>
    public Task WithKeptAsync(string act) => Page.EvaluateAsync($$"""
        () => new Promise((resolve, reject) => {
          const opening = indexedDB.open('privchain', 1);
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const store = opening.result.transaction('kept', 'readwrite').objectStore('kept');
            store.transaction.oncomplete = () => { opening.result.close(); resolve(); };
            const listing = store.getAllKeys();
            listing.onsuccess = () => { const names = listing.result.filter(name => name.startsWith('kept:')); {{act}}; };
          };
        })
        """);

    /// <summary>The contact for an organisation, as the page makes it.</summary>
    public async Task<string> ContactForAsync(string account)
    {
        await GoAsync("/share");
        await Page.WaitForSelectorAsync($"#with option[value='{account}']", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await Page.SelectOptionAsync("#with", account);
        return await Page.Locator("#contact").InputValueAsync();
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
