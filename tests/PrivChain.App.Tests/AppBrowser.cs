using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace PrivChain.App.Tests;

/// <summary>One Chromium of the system for all tests, and pages in it that report whatever went wrong in them.</summary>
internal static class AppBrowser
{
    private static readonly SemaphoreSlim _gate = new(1);
    private static IPlaywright? _playwright;
    private static IBrowser? _browser;

    /// <summary>
    /// Chromium as Debian installs it; a test that needs it is skipped where it is absent, and under CI fails. First the one without a window's trimmings: the other draws them, unseen, with two processes more for
    /// each visit, a fifth of all the time that stories take.
    /// </summary>
    public static string? Program { get; } = new[] { "/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    public static async Task<AppVisit> VisitAsync(Uri address, string locale = "en-GB", int width = 1100, int height = 900, bool go = true, bool keepsApp = false)
    {
        if (Program is null)
        {
            if (Environment.GetEnvironmentVariable("CI") == "true")
            {
                Assert.Fail("chromium is not installed");
            }

            Assert.Inconclusive("chromium is not installed");
        }

        var browser = await StartAsync();
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            Locale = locale, ViewportSize = new ViewportSize { Width = width, Height = height }, AcceptDownloads = true, ColorScheme = ColorScheme.Light,

            // What turns while a page waits is drawn sixty times a second, by the processor here.
            ReducedMotion = ReducedMotion.Reduce,

            // Requests that tests change must not be answered by what the browser keeps.
            ServiceWorkers = keepsApp ? ServiceWorkerPolicy.Allow : ServiceWorkerPolicy.Block,
        });
        context.SetDefaultTimeout(30_000);
        await context.AddInitScriptAsync(NothingMoves);
        var visit = new AppVisit(context, await context.NewPageAsync(), address) { Language = locale[..2] };
        if (go)
        {
            await visit.Page.GotoAsync(address.ToString());
        }

        return visit;
    }

    // What moves under the eyes of somebody who touched nothing is a fault of the page; 0.1 is what counts as good (web.dev/cls). Another heading is another page, and a button that was pressed works until it can be pressed again, or is gone.
    private const string NothingMoves =
        """
        (() => {
          const MOST = 0.1, TURN = 200;
          let heading = '', since = 0, pressed = null, at = 0, worked = 0, wasAtWork = false;
          addEventListener('click', ({ target }) => { [pressed, at] = [target.closest('button'), performance.now()]; }, true);
          // What was chosen in a list may have to be looked for.
          addEventListener('change', () => { worked = performance.now() + 1500; }, true);
          const isAtWork = () => pressed?.disabled && pressed.isConnected && (wasAtWork || performance.now() - at < 1000);
          new MutationObserver(() => {
            const now = document.querySelector('h1')?.textContent ?? '';
            if (now !== heading) [heading, since] = [now, performance.now()];
            if (wasAtWork && !isAtWork()) [worked, pressed] = [performance.now(), null];
            wasAtWork = isAtWork();
          }).observe(document, { childList: true, characterData: true, subtree: true, attributeFilter: ['disabled'] });
          new PerformanceObserver(list => {
            for (const shift of list.getEntries())
              if (!shift.hadRecentInput && shift.value > MOST && shift.startTime - since > TURN && !isAtWork() && !(worked && shift.startTime - worked < 500))
                console.error(`layout shift of ${shift.value.toFixed(3)} at ${location.pathname}: ${shift.sources.map(({ node, previousRect, currentRect }) =>
                  `${(node?.outerHTML ?? node?.textContent ?? 'gone').slice(0, 100)} from ${previousRect.y} (${previousRect.height}) to ${currentRect.y} (${currentRect.height})`).join('; ')}`);
          }).observe({ type: 'layout-shift', buffered: true });
        })();
        """;

    public static async Task StopAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    private static async Task<IBrowser> StartAsync()
    {
        await _gate.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();

            // The sandbox of Chromium does not start for root, as which test machines run; what it shows here is ours.
            return _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
        }
        finally
        {
            _gate.Release();
        }
    }
}
