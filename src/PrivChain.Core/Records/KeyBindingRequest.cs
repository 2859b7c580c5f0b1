namespace PrivChain.Core.Records;

/// <summary>What a verifier that requires key binding expects of the holder's proof. Whether it requires one is decided before the token is looked at.</summary>
public sealed class KeyBindingRequest
{
    /// <summary>The nonce that the verifier gave the holder.</summary>
    public required string Nonce { get; init; }

    /// <summary>The verifier, as the holder names it.</summary>
    public required string Audience { get; init; }

    /// <summary>Oldest proof accepted, in seconds before now.</summary>
    public required int MaxAgeSeconds { get; init; }

    /// <summary>How far a proof may be ahead of now, in seconds.</summary>
    public int MaxSkewSeconds { get; init; }
}
