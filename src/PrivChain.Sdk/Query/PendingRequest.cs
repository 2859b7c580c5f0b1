using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Consent;

namespace PrivChain.Sdk.Query;

/// <summary>A request that lies in a person's inbox.</summary>
public sealed class PendingRequest
{
    private readonly InstitutionClient _institution;

    internal PendingRequest(InstitutionClient institution, CitizenContact contact, Digest digest)
    {
        _institution = institution;
        Contact = contact;
        Digest = digest;
    }

    /// <summary>Whom it was sent to.</summary>
    public CitizenContact Contact { get; }

    /// <summary>Digest of the request; keep it to wait again later (<see cref="InstitutionClient.ResumeRequest"/>).</summary>
    public Digest Digest { get; }

    /// <summary>Waits for the person's answer, for as long as the token allows: people take days.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.RefusedByPerson"/>, with the person's words, where any, as detail.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public Task<GivenConsent> WaitForConsentAsync(CancellationToken cancellationToken = default) => _institution.WaitAsync(this, cancellationToken);
}
