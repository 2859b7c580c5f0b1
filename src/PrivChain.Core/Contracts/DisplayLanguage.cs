namespace PrivChain.Core.Contracts;

/// <summary>The languages in which a contract is put into words.</summary>
public enum DisplayLanguage
{
    /// <summary>English.</summary>
    English,

    /// <summary>Chinese, simplified.</summary>
    Chinese,
}
