namespace PrivChain.Core.Keys;

/// <summary>The Unicode normal form that a file format wants of its passphrases.</summary>
internal enum PassphraseForm
{
    /// <summary>NFC: our own files.</summary>
    Composed,

    /// <summary>NFKD: BIP-39.</summary>
    CompatibilityDecomposed,

    /// <summary>NFKC: what ethers applies in keystore V3.</summary>
    CompatibilityComposed,
}
