using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.TypedData;

namespace PrivChain.Core.Ledger;

/// <summary>The EIP-712 domain of one ledger: name, version, chainId, and the ledger id as salt, so a signature is worth nothing on another.</summary>
public sealed class LedgerDomain
{
    /// <summary>Domain name of every PrivChain document.</summary>
    public const string Name = "PrivChain";

    /// <summary>Domain version of every PrivChain document.</summary>
    public const string Version = "1";

    private readonly byte[] _prefix;

    /// <param name="ledgerId">Digest of the genesis.</param>
    /// <param name="chainId">EIP-155 chain id of the deployment.</param>
    public LedgerDomain(Digest ledgerId, ulong chainId)
    {
        LedgerId = ledgerId;
        ChainId = chainId;
        Separator = new TypedDataDomain { Name = Name, Version = Version, ChainId = chainId, Salt = ledgerId }.Separator();
        _prefix = [0x19, 0x01, .. Separator.ToArray()];
    }

    /// <summary>Digest of the genesis.</summary>
    public Digest LedgerId { get; }

    /// <summary>EIP-155 chain id.</summary>
    public ulong ChainId { get; }

    /// <summary>The EIP-712 domain separator.</summary>
    public Digest Separator { get; }

    /// <summary>keccak256(0x19 0x01 || separator || structHash).</summary>
    public Digest SigningDigest(Digest structHash) => new(Keccak256.Hash(_prefix, structHash.ToArray()));

    /// <summary>Signs a document of this ledger.</summary>
    public Secp256k1Signature Sign(Account account, Digest structHash) => account.Sign(SigningDigest(structHash));

    /// <summary>True when <paramref name="signer"/> signed the document for this ledger.</summary>
    public bool Verify(AccountAddress signer, Digest structHash, Secp256k1Signature signature) =>
        Secp256k1.TryRecover(SigningDigest(structHash), signature, out var recovered) && recovered == signer;
}
