namespace PrivChain.Core.Keys;

/// <summary>The BIP-39 word lists we carry.</summary>
public enum MnemonicLanguage
{
    /// <summary>English.</summary>
    English = 1,

    /// <summary>Simplified Chinese.</summary>
    SimplifiedChinese = 2,
}
