namespace PrivChain.Signatures;

/// <summary>A hash of 32 bytes.</summary>
public enum HashFunction
{
    /// <summary>SHA-256 (FIPS 180-4).</summary>
    Sha256 = 1,

    /// <summary>SM3 (GB/T 32905-2016).</summary>
    Sm3 = 2,
}
