using PrivChain.Core.Bytes;

namespace PrivChain.Node.Access;

/// <summary>The object of a call.</summary>
internal abstract record AccessTarget
{
    /// <summary>An entry that the caller must have signed.</summary>
    public sealed record OwnEntry(AccountAddress Signer) : AccessTarget;

    /// <summary>A record to be kept: whoever anchors it is an issuer, or states it about themselves.</summary>
    public sealed record NewRecord(AccountAddress Signer, AccountAddress Holder) : AccessTarget;

    /// <summary>An account that the caller must be.</summary>
    public sealed record OwnAccount(AccountAddress Account) : AccessTarget;

    /// <summary>A sealed record.</summary>
    public sealed record Record(Digest Digest) : AccessTarget;

    /// <summary>A consent package.</summary>
    public sealed record Consent(Digest Digest) : AccessTarget;

    /// <summary>A copy of a use, whose worker the caller must be, for a regulator.</summary>
    public sealed record UseFor(Digest Use, AccountAddress Regulator) : AccessTarget;

    /// <summary>What the caller, who must be a worker, refused, for a regulator.</summary>
    public sealed record TallyFor(AccountAddress Regulator) : AccessTarget;
}
