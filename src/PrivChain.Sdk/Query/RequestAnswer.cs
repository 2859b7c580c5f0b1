using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Query;

/// <summary>What came back for a request: a consent, or a person's no.</summary>
public sealed class RequestAnswer
{
    internal RequestAnswer(Digest request, GivenConsent? consent, Refusal? refused) => (Request, Consent, Refused) = (request, consent, refused);

    /// <summary>Digest of the request.</summary>
    public Digest Request { get; }

    /// <summary>The consent, verified; null when the person refused.</summary>
    public GivenConsent? Consent { get; }

    /// <summary><see cref="RefusalReason.RefusedByPerson"/>, with the person's words, where any, as detail; null when they consented.</summary>
    public Refusal? Refused { get; }
}
