namespace PrivChain.Core.Hpke;

/// <summary>The key encapsulations we use, by their IANA numbers where they have one. Which one applies is fixed by the recipient's key, never chosen by a message.</summary>
public enum HpkeKem : ushort
{
    /// <summary>DHKEM(X25519, HKDF-SHA256), RFC 9180 section 4.1.</summary>
    X25519 = 0x0020,

    /// <summary>X-Wing (MLKEM768-X25519): stays secret when one of its halves falls. The default, because health data outlives algorithms.</summary>
    XWing = 0x647a,

    /// <summary>SM2 encryption of a random secret, with HKDF-SM3 and SM4-GCM: the national suite. A number of our own, as HPKE has none for it.</summary>
    Sm2 = 0xff02,
}
