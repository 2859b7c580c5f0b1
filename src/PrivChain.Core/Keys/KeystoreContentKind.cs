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
}
