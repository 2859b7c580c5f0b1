namespace PrivChain.Core.Records;

/// <summary>What a verifier demands of an SD-JWT.</summary>
public sealed class SdJwtPolicy
{
    /// <summary>Values of the <c>typ</c> header that are accepted, such as <c>dc+sd-jwt</c>.</summary>
    public required IReadOnlyCollection<string> Types { get; init; }

    /// <summary>Now, in Unix seconds, for <c>exp</c> and <c>nbf</c>.</summary>
    public required long Now { get; init; }

    /// <summary>The key binding required, or null when none is: a proof is then not looked at.</summary>
    public required KeyBindingRequest? KeyBinding { get; init; }
}
