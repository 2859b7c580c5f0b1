using Microsoft.AspNetCore.Components;
using PrivChain.App.Language;
using PrivChain.App.Wallets;
using PrivChain.Core.Refusals;

namespace PrivChain.App.Parts;

/// <summary>What every page has: texts, the session, a title, and one way of doing something that may be refused.</summary>
public abstract class AppPage : ComponentBase, IDisposable
{
    [Inject]
    internal Words W { get; set; } = null!;

    [Inject]
    internal Session Session { get; set; } = null!;

    [Inject]
    internal CitizenData Data { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    /// <summary>True while something is being done: buttons wait.</summary>
    internal bool Busy { get; private set; }

    /// <summary>Why the last thing was refused.</summary>
    internal Refusal? Refused { get; set; }

    /// <summary>Key of the title.</summary>
    protected abstract string Title { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        W.Changed -= Redraw;
        Data.Changed -= Redraw;
        Session.Changed -= Redraw;
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>For pages that own something.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        W.Changed += Redraw;
        Data.Changed += Redraw;
        Session.Changed += Redraw;
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        Browser.Page.Title($"{W[Title]} · PrivChain");
        if (firstRender)
        {
            Browser.Page.ToHeading();
        }
    }

    /// <summary>Does something that may be refused; what is refused is shown in words.</summary>
    internal async Task DoAsync(Func<Task> act)
    {
        if (Busy)
        {
            return;
        }

        Busy = true;
        Refused = null;
        StateHasChanged();
        try
        {
            // So that the page shows that it is at work: keys are computed on this thread.
            await Browser.Page.YieldToPaintAsync();
            await WhileOpenAsync(act);
        }
        catch (RefusalException exception)
        {
            Refused = exception.Refusal;
        }
        finally
        {
            Busy = false;
            StateHasChanged();
        }
    }

    /// <summary>Does something until the wallet is locked: what is under way then finds its keys gone, which is what was wanted, and no fault of a page that nobody sees any more.</summary>
    protected async Task WhileOpenAsync(Func<Task> act)
    {
        var before = Session.TimesClosed;
        try
        {
            await act();
        }
        catch (InvalidOperationException) when (Session.TimesClosed != before)
        {
            // An ObjectDisposedException is one of these.
        }
    }

    /// <summary>Reads a small text file that the person chose, also while something else is being done; null and a reason when it is too large.</summary>
    internal async Task<string?> ReadFileAsync(Microsoft.AspNetCore.Components.Forms.InputFileChangeEventArgs chosen, int maxBytes)
    {
        if (chosen.File.Size > maxBytes)
        {
            Refused = new Refusal(RefusalReason.TooLarge, $"{chosen.File.Size} bytes, wanted at most {maxBytes}");
            return null;
        }

        using var stream = chosen.File.OpenReadStream(maxBytes);
        using var reader = new StreamReader(stream);
        Refused = null;
        return await reader.ReadToEndAsync();
    }

    /// <summary>Draws itself again, whoever asks.</summary>
    protected void Redraw() => _ = InvokeAsync(StateHasChanged);
}
