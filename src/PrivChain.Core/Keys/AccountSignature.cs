using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Keys;

/// <summary>An account's signature, of either suite: it tells the account that made it. Its bytes identify nothing: a document is named by its digest.</summary>
public readonly struct AccountSignature : IEquatable<AccountSignature>
{
    private const int Sm2Size = Tree.Sm2PublicKey.Size + Keys.Sm2.SignatureSize;

    private readonly Secp256k1Signature _secp256k1;

    // As it travels, then the key's y, which was computed when the signature was read.
    private readonly byte[]? _sm2;

    private AccountSignature(Secp256k1Signature signature) => _secp256k1 = signature;

    private AccountSignature(byte[] signature) => _sm2 = signature;

    /// <summary>The suite it is of.</summary>
    public Suite Suite => _sm2 is null ? Suite.International : Suite.National;

    /// <summary>r, s and v, for a signature of the international suite.</summary>
    internal Secp256k1Signature Secp256k1 => _secp256k1;

    /// <summary>Compressed key, r and s, for a signature of the national suite.</summary>
    internal ReadOnlySpan<byte> Sm2 => _sm2 is null ? default : _sm2.AsSpan(0, Sm2Size);

    /// <summary>The key's y, for a signature of the national suite.</summary>
    internal ReadOnlySpan<byte> Sm2Y => _sm2 is null ? default : _sm2.AsSpan(Sm2Size);

    /// <summary>Reads a signature of one suite; anything but its one form is refused.</summary>
    public static bool TryParse(Suite suite, ReadOnlySpan<byte> bytes, out AccountSignature signature)
    {
        ArgumentNullException.ThrowIfNull(suite);
        return suite.TryParse(bytes, out signature);
    }

    /// <summary>The account that signed the digest. The digest must be of a labelled form (EIP-712, EIP-191), never a hash given by a stranger.</summary>
    /// <returns>False where no key made this signature, and for the default value.</returns>
    public bool TryRecover(Digest digest, out AccountAddress signer)
    {
        AccountAddress? found = null;
        Suite.RecoverAll([digest], [this], new Span<AccountAddress?>(ref found));
        signer = found ?? default;
        return found is not null;
    }

    /// <summary>A fresh array of the bytes.</summary>
    public byte[] ToArray() => _sm2 is null ? _secp256k1.ToArray() : Sm2.ToArray();

    /// <inheritdoc/>
    public bool Equals(AccountSignature other) => _secp256k1 == other._secp256k1 && _sm2.AsSpan().SequenceEqual(other._sm2);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AccountSignature other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(_secp256k1);
        hash.AddBytes(_sm2);
        return hash.ToHashCode();
    }

    /// <summary><c>0x</c> and lower-case hex digits.</summary>
    public override string ToString() => Hex.Encode(ToArray());

    /// <summary>Content equality.</summary>
    public static bool operator ==(AccountSignature left, AccountSignature right) => left.Equals(right);

    /// <summary>Content inequality.</summary>
    public static bool operator !=(AccountSignature left, AccountSignature right) => !left.Equals(right);

    /// <summary>A signature of the international suite.</summary>
    public static implicit operator AccountSignature(Secp256k1Signature signature) => new(signature);

    /// <summary>Of bytes that were checked or just made, and the y of the point that they name.</summary>
    internal static AccountSignature OfSm2(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> y) => new([.. signature, .. y]);
}
