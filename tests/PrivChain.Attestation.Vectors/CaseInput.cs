using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Vectors;

/// <summary>What a case's files mean: the evidence after step one, what authentication may look at, and what the evidence has to bind.</summary>
internal sealed record CaseInput(AttestationVerdict<ReceivedEvidence> Received, AuthenticationContext Context, ExpectedBinding Binding)
{
    /// <summary>Step two, and the asker's nonce.</summary>
    public AttestationVerdict<AuthenticEvidence> Authenticate()
    {
        if (!Received.Accepted)
        {
            return new AttestationVerdict<AuthenticEvidence>(Received.Fault);
        }

        var authentic = AuthenticEvidence.Authenticate(Received.Value, Context);
        return authentic.Accepted && Binding.Check(authentic.Value.Claims) is { } fault ? new AttestationVerdict<AuthenticEvidence>(fault) : authentic;
    }
}
