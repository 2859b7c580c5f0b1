using PrivChain.Core.Refusals;
using PrivChain.Sdk.Query;
using PrivChain.Sdk.Receipts;

namespace PrivChain.App.Wallets;

/// <summary>An answer and, when it could be gathered and verified, its receipt.</summary>
internal sealed record KeptAnswer(Answer Answer, DateTimeOffset At)
{
    public Receipt? Receipt { get; set; }

    /// <summary>True when the answer was saved to a file: until then it is in this page alone.</summary>
    public bool IsSaved { get; set; }

    /// <summary>Why there is no receipt yet.</summary>
    public Refusal? Missing { get; set; }

    /// <summary>Gathers and verifies the receipt; may be tried again.</summary>
    public async Task ProveAsync()
    {
        try
        {
            Receipt = await Answer.GetReceiptAsync();
            Missing = null;
        }
        catch (RefusalException exception)
        {
            Missing = exception.Refusal;
        }
    }
}
