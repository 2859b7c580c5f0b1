using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Core.Tree;

/// <summary>What a witness answers to <c>add-checkpoint</c>. With status 200 the new state must be durable before the body leaves.</summary>
public sealed class WitnessDecision
{
    /// <summary>The content type of a body that tells the client the size the witness is at.</summary>
    public const string SizeContentType = "text/x.tlog.size";

    /// <summary>The content type of every other body.</summary>
    public const string TextContentType = "text/plain; charset=utf-8";

    private WitnessDecision(int status, string contentType, string body, WitnessState? newState = null, SplitViewProof? guilt = null)
    {
        Status = status;
        ContentType = contentType;
        Body = body;
        NewState = newState;
        Guilt = guilt;
    }

    /// <summary>True when the checkpoint is cosigned and <see cref="NewState"/> is to be stored first.</summary>
    [MemberNotNullWhen(true, nameof(NewState))]
    public bool Cosigned => NewState is not null;

    /// <summary>HTTP status: 200, 400, 403, 404, 409 or 422.</summary>
    public int Status { get; }

    /// <summary>Content type of the body.</summary>
    public string ContentType { get; }

    /// <summary>Cosignature line, size, or why not.</summary>
    public string Body { get; }

    /// <summary>What to store, in the same transaction in which the old state was read.</summary>
    public WitnessState? NewState { get; }

    /// <summary>Proof, where this request holds one, that the log showed two histories: keep it.</summary>
    public SplitViewProof? Guilt { get; }

    internal static WitnessDecision Accept(WitnessState state, string cosignature) => new(200, TextContentType, cosignature, state);

    internal static WitnessDecision Stale(ulong storedSize, SplitViewProof? guilt) => new(409, SizeContentType, DecimalText.Format(storedSize) + "\n", guilt: guilt);

    internal static WitnessDecision Refuse(int status, string why, SplitViewProof? guilt = null) => new(status, TextContentType, why + "\n", guilt: guilt);
}
