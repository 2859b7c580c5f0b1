namespace PrivChain.Core.Aead;

/// <summary>How SM4 is computed; tests force each.</summary>
internal enum Sm4Instructions
{
    /// <summary>BouncyCastle, one block at a time.</summary>
    Portable,

    /// <summary>4 blocks at a time: AES-NI, SSSE3, PCLMULQDQ.</summary>
    Lanes4,

    /// <summary>16 blocks at a time: AVX-512, GFNI, PCLMULQDQ.</summary>
    Lanes16,
}
