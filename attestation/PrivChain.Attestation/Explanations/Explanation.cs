namespace PrivChain.Attestation.Explanations;

/// <summary>A verdict in two sentences for somebody who knows nothing of enclaves. It repeats no text from evidence but a fingerprint in hex, so it can be shown anywhere.</summary>
/// <param name="What">What was found.</param>
/// <param name="Meaning">What that means for the reader.</param>
/// <param name="Language">The language of both.</param>
public sealed record Explanation(string What, string Meaning, ExplanationLanguage Language)
{
    /// <summary>Both sentences.</summary>
    public override string ToString() => Language == ExplanationLanguage.Chinese ? What + Meaning : $"{What} {Meaning}";
}
