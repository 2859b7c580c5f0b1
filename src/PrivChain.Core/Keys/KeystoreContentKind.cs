namespace PrivChain.Core.Keys;

/// <summary>What a keystore file holds. The number is part of the sealed header.</summary>
public enum KeystoreContentKind
{
    /// <summary>Entropy of a BIP-39 phrase in English.</summary>
    EnglishPhrase = 1,

    /// <summary>Entropy of a BIP-39 phrase in simplified Chinese.</summary>
    SimplifiedChinesePhrase = 2,

    /// <summary>Private key of a secp256k1 account.</summary>
    AccountKey = 3,

    /// <summary>Private key of an ES256 issuer.</summary>
    Es256IssuerKey = 4,

    /// <summary>Private key of an ES256K issuer.</summary>
    Es256KIssuerKey = 5,

    /// <summary>Private key of an SM2 account.</summary>
    Sm2AccountKey = 6,

    /// <summary>Private key of an SM2 issuer.</summary>
    Sm2IssuerKey = 7,

    /// <summary>Entropy of a BIP-39 phrase in English, whose accounts are of the national suite.</summary>
    NationalEnglishPhrase = 8,

    /// <summary>Entropy of a BIP-39 phrase in simplified Chinese, whose accounts are of the national suite.</summary>
    NationalSimplifiedChinesePhrase = 9,
}
