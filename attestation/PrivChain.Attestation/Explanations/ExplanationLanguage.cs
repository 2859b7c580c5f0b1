namespace PrivChain.Attestation.Explanations;

/// <summary>Languages in which verdicts are explained.</summary>
public enum ExplanationLanguage
{
    /// <summary>English.</summary>
    English = 1,
    /// <summary>Chinese, simplified.</summary>
    Chinese = 2,
}
