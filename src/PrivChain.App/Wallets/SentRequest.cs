using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Consent;

namespace PrivChain.App.Wallets;

/// <summary>A request of an institution's, and what became of it.</summary>
/// <param name="Contact">Whom it asks.</param>
/// <param name="Digest">Its digest.</param>
/// <param name="Contract">The contract under which it asks.</param>
/// <param name="At">When it was sent.</param>
/// <param name="Message">The line to the person; may be empty.</param>
internal sealed record SentRequest(CitizenContact Contact, Digest Digest, PrivacyContract Contract, DateTimeOffset At, string Message)
{
    public bool IsWaiting => Consent is null && Refused is null;

    public Digest? Consent { get; set; }

    /// <summary>The person's no; the detail is the person's own words.</summary>
    public Refusal? Refused { get; set; }
}
