using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.TypedData;

namespace PrivChain.Core.Ledger;

/// <summary>The EIP-712 domain of one ledger: name, version, chainId, and the ledger id as salt, so a signature is worth nothing on another.</summary>
public sealed class LedgerDomain
{
    /// <summary>Domain name of every PrivChain document.</summary>
    public const string Name = "PrivChain";

    /// <summary>Domain version of every PrivChain document.</summary>
    public const string Version = "1";

    /// <param name="ledgerId">Digest of the genesis.</param>
    /// <param name="chainId">EIP-155 chain id of the deployment.</param>
    /// <param name="suite">The ledger's algorithms; null for the international suite.</param>
    public LedgerDomain(Digest ledgerId, ulong chainId, Suite? suite = null)
    {
        Suite = suite ?? Suite.International;
        LedgerId = ledgerId;
        ChainId = chainId;
        Separator = new TypedDataDomain { Name = Name, Version = Version, ChainId = chainId, Salt = ledgerId }.Separator(Suite);
    }

    /// <summary>The algorithms of everything that is signed for this ledger.</summary>
    public Suite Suite { get; }

    /// <summary>Digest of the genesis.</summary>
    public Digest LedgerId { get; }

    /// <summary>EIP-155 chain id.</summary>
    public ulong ChainId { get; }

    /// <summary>The EIP-712 domain separator.</summary>
    public Digest Separator { get; }

    /// <summary>keccak256(0x19 0x01 || separator || structHash), with the suite's hash.</summary>
    public Digest SigningDigest(Digest structHash) => TypedDataHash.Signing(Suite, Separator, structHash);

    /// <summary>Signs a document of this ledger.</summary>
    /// <exception cref="RefusalException">The account is of another suite.</exception>
    public AccountSignature Sign(Account account, Digest structHash)
    {
        Require(account);
        return account.Sign(SigningDigest(structHash));
    }

    /// <summary>Refuses an account of another suite: a keystore for one ledger was taken for another.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.WrongSuite"/>.</exception>
    public void Require(IAccountSigner account)
    {
        ArgumentNullException.ThrowIfNull(account);
        if (account.Suite != Suite)
        {
            throw new RefusalException(Suite.Refusal($"account {account.Address}"));
        }
    }

    /// <summary>True when <paramref name="signer"/> signed the document for this ledger.</summary>
    public bool Verify(AccountAddress signer, Digest structHash, AccountSignature signature) =>
        signature.Suite == Suite && signature.TryRecover(SigningDigest(structHash), out var recovered) && recovered == signer;
}
