using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Consent;

namespace PrivChain.App.Wallets;

/// <summary>A request of an institution's, and what became of it.</summary>
internal sealed record SentRequest(CitizenContact Contact, Digest Digest, PrivacyContract Contract, DateTimeOffset At)
{
    public bool IsWaiting => Consent is null && Refused is null;

    public Digest? Consent { get; set; }

    /// <summary>The person's no; the detail is the person's own words.</summary>
    public Refusal? Refused { get; set; }
}
