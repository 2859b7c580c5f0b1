using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;

namespace PrivChain.Sdk.Organisations;

/// <summary>Encryption keys from a wallet: one for each account, so that none links two accounts of one person.</summary>
public static class OrganisationKeys
{
    /// <summary>The HPKE key that belongs to an account of this wallet; always the same one. The caller disposes it.</summary>
    /// <param name="wallet">The wallet; stays the caller's.</param>
    /// <param name="account">The account for which it is used.</param>
    /// <param name="kem">Null for that of the wallet's suite: X-Wing, or SM2.</param>
    public static HpkePrivateKey EncryptionKey(Wallet wallet, AccountAddress account, HpkeKem? kem = null)
    {
        ArgumentNullException.ThrowIfNull(wallet);
        var seed = new byte[HpkePrivateKey.SeedSize];
        try
        {
            wallet.DeriveSecret($"{Labels.EncryptionKey}/{account}", seed);
            return HpkePrivateKey.FromSeed(kem ?? wallet.Suite.Kem, seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }
}
