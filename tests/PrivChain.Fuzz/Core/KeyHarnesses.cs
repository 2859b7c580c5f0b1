using System.Text;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;

namespace PrivChain.Fuzz.Core;

/// <summary>Key files, phrases, public keys and sealed boxes. A changed box must not open.</summary>
internal static class KeyHarnesses
{
    private const string Label = "privchain/fuzz/v1";

    private static readonly HpkePrivateKey _key = HpkePrivateKey.FromSeed(HpkeKem.XWing, new byte[32]);

    private static readonly Account _account = Account.FromPrivateKey(Enumerable.Repeat((byte)7, Account.PrivateKeySize).ToArray());

    private static readonly byte[] _box = SealedBox.Seal(_key.PublicKey, Label, [], "sealed"u8);

    public static IReadOnlyList<Harness> All { get; } =
    [
        // Without a passphrase: derivation costs seconds by design, and everything that is parsed comes before it.
        new Harness("keystore", bytes => Keystore.Open(bytes, string.Empty).Accepted || EthereumKeystoreV3.Import(bytes, string.Empty).Accepted),
        new Harness("mnemonic", bytes => Mnemonic.Parse(Encoding.UTF8.GetString(bytes)).Accepted, () => [Encoding.UTF8.GetBytes("legal winner thank year wave sausage worth useful legal winner thank yellow")]),
        Harness.OfOneEncoding("secp256k1-signature", bytes => Secp256k1Signature.TryParse(bytes, out var signature) ? signature.ToArray() : null, () => [_account.Sign(default).ToArray()]),
        new Harness("secp256k1-key", bytes => Secp256k1.TryParsePublicKey(bytes, out _), () => [_account.PublicKey.ToArray()]),
        new Harness("hpke-key", bytes => HpkePublicKey.TryParse(bytes, out _), () => [_key.PublicKey.ToArray()]),
        new Harness("sealed-box", Opens, () => [_box]),
    ];

    private static bool Opens(byte[] bytes)
    {
        var opened = SealedBox.TryOpen(_key, Label, [], bytes, out _);
        return opened == bytes.AsSpan().SequenceEqual(_box) ? opened : throw new BrokenPromiseException("a box that nobody sealed was opened, or the sealed one was not");
    }
}
