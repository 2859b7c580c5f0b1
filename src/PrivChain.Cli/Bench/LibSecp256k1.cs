using System.Runtime.InteropServices;

namespace PrivChain.Cli.Bench;

/// <summary>The C library that Bitcoin uses (Debian's libsecp256k1-1), for comparison only: looked for by its name, and left out where it is absent.</summary>
internal sealed unsafe partial class LibSecp256k1
{
    private const string Library = "libsecp256k1.so.1";
    private const int ForSigningAndVerification = 0x301;

    // SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY; never destroyed, one for the process.
    private readonly nint _context = ContextCreate(ForSigningAndVerification);

    public static bool IsInstalled { get; } = NativeLibrary.TryLoad(Library, out _);

    /// <summary>The library's own form of keys and signatures, 64 bytes each, so that parsing is not in the figure.</summary>
    public byte[] Parse(ReadOnlySpan<byte> items, bool keys)
    {
        var parsed = new byte[items.Length];
        Span<byte> point = stackalloc byte[65];
        point[0] = 4;
        for (var start = 0; start < items.Length; start += 64)
        {
            items.Slice(start, 64).CopyTo(point[1..]);
            fixed (byte* to = &parsed[start], from = point)
            {
                var result = keys ? ParseKey(_context, to, from, 65) : ParseSignature(_context, to, from + 1);
                if (result != 1)
                {
                    throw new InvalidOperationException("the benchmark's own key or signature");
                }
            }
        }

        return parsed;
    }

    public bool Verify(byte[] keys, byte[] digests, byte[] signatures, int index)
    {
        fixed (byte* key = &keys[index * 64], digest = &digests[index * 32], signature = &signatures[index * 64])
        {
            return Verify(_context, signature, digest, key) == 1;
        }
    }

    public void Sign(byte[] key, byte[] digests, byte[] signature, int index)
    {
        fixed (byte* secret = key, digest = &digests[index * 32], to = signature)
        {
            if (Sign(_context, to, digest, secret, 0, 0) != 1)
            {
                throw new InvalidOperationException("the benchmark's own key");
            }
        }
    }

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_sign")]
    private static partial int Sign(nint context, byte* signature, byte* digest, byte* key, nint nonces, nint data);

    [LibraryImport(Library, EntryPoint = "secp256k1_context_create")]
    private static partial nint ContextCreate(uint flags);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_pubkey_parse")]
    private static partial int ParseKey(nint context, byte* key, byte* input, nuint length);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_signature_parse_compact")]
    private static partial int ParseSignature(nint context, byte* signature, byte* input);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_verify")]
    private static partial int Verify(nint context, byte* signature, byte* digest, byte* key);
}
