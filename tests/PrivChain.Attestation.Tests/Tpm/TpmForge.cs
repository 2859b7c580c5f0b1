using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Tpm;

namespace PrivChain.Attestation.Tests.Tpm;

/// <summary>A TPM in a few lines: keys, public areas and quotes after part 2 of the specification, signed by the platform, so that one thing at a time can be wrong under signatures that are right.</summary>
internal sealed class TpmForge
{
    public const uint AttestationKey = 0x0005_0072;
    public const uint EndorsementKey = 0x0003_00b2;
    public const ushort RsaSsa = 0x14;
    public const ushort RsaPss = 0x16;
    public const ushort EcDsa = 0x18;
    public const ushort Sha1 = 4;
    public const ushort Sha256 = 0xb;
    public const ushort Sha384 = 0xc;

    public static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly RSA _rsa = RSA.Create(2048);
    private static readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ushort Scheme { get; init; } = RsaSsa;

    public ushort Hash { get; init; } = Sha256;

    public uint Attributes { get; init; } = AttestationKey;

    public ushort Type { get; init; } = 0x8018;

    public byte[] Nonce { get; init; } = [1, 2, 3];

    public byte Safe { get; init; } = 1;

    /// <summary>Of the key that signs; any will do where nothing says how the key was made.</summary>
    public byte[] QualifiedSigner { get; init; } = new byte[34];

    public ushort Bank { get; init; } = Sha256;

    public int[] Selected { get; init; } = [0, 7];

    /// <summary>What the register values of the quote are; by default a number of its own for each.</summary>
    public Func<int, byte[]>? Values { get; init; }

    private bool IsRsa => Scheme != EcDsa;

    private HashAlgorithmName HashName => Hash switch { Sha1 => HashAlgorithmName.SHA1, Sha384 => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA256 };

    public byte[] ValueOf(int register) => Values?.Invoke(register) ?? [.. Enumerable.Repeat((byte)register, Bank == Sha1 ? 20 : 32)];

    public byte[] Public() => Area(IsRsa ? RsaArea(_rsa.ExportParameters(false), Attributes, [0, 0x10], [.. UInt16(Scheme), .. UInt16(Hash)]) : EcArea(_ec.ExportParameters(false), Attributes, [0, 0x10], [.. UInt16(Scheme), .. UInt16(Hash)]));

    public RootSet Roots() => TrustAnchor.TryFromPublicKey(RootKind.Tpm, IsRsa ? _rsa.ExportSubjectPublicKeyInfo() : _ec.ExportSubjectPublicKeyInfo(), "forged", out var anchor) ? new RootSet([anchor]) : throw new InvalidOperationException("no key");

    public byte[] Attest()
    {
        var bits = new byte[3];
        foreach (var register in Selected)
        {
            bits[register / 8] |= (byte)(1 << (register % 8));
        }

        var digest = CryptographicOperations.HashData(HashName, Selected.Order().SelectMany(ValueOf).ToArray());
        return
        [
            0xff, 0x54, 0x43, 0x47, .. UInt16(Type), .. Sized(QualifiedSigner), .. Sized(Nonce), .. new byte[8], 0, 0, 0, 5, 0, 0, 0, 6, Safe, .. new byte[8],
            0, 0, 0, 1, .. UInt16(Bank), 3, .. bits, .. Sized(digest),
        ];
    }

    public byte[] Signature(byte[] attest)
    {
        if (!IsRsa)
        {
            var signature = _ec.SignData(attest, HashName);
            return [.. UInt16(Scheme), .. UInt16(Hash), .. Sized(signature.AsSpan(0, 32)), .. Sized(signature.AsSpan(32))];
        }

        return [.. UInt16(Scheme), .. UInt16(Hash), .. Sized(_rsa.SignData(attest, HashName, Scheme == RsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1))];
    }

    public string Pcrs() =>
        "{\"alg\":\"" + (Bank == Sha1 ? "sha1" : "sha256") + "\",\"pcrs\":{" + string.Join(',', Selected.Select(register => $"\"{register}\":\"{Convert.ToHexStringLower(ValueOf(register))}\"")) + "}}";

    public Dictionary<string, ReadOnlyMemory<byte>> Parts()
    {
        var attest = Attest();
        return new(StringComparer.Ordinal)
        {
            [EvidenceParts.Main] = attest, [TpmPart.Signature] = Signature(attest), [TpmPart.AkPublic] = Public(), [TpmPart.Pcrs] = Encoding.ASCII.GetBytes(Pcrs()),
        };
    }

    /// <summary>A quote beside the creation of its key (part 3, section 18.3), under a parent whose qualified name is <paramref name="parent"/>.</summary>
    public Dictionary<string, ReadOnlyMemory<byte>> PartsWithCreation(byte[] parent)
    {
        byte[] data = [0, 0, 0, 0, .. Sized(SHA256.HashData([])), 1, .. UInt16(Sha256), .. Sized(parent), .. Sized(parent), .. Sized([7, 7])];
        byte[] name = [.. UInt16(Sha256), .. SHA256.HashData(Public().AsSpan(2))];
        byte[] qualified = [.. UInt16(Sha256), .. SHA256.HashData([.. parent, .. name])];
        var forge = new TpmForge { Scheme = Scheme, Hash = Hash, Attributes = Attributes, Nonce = Nonce, Selected = Selected, QualifiedSigner = qualified };
        var creation = Creation(qualified, name, SHA256.HashData(data));
        return new(forge.Parts(), StringComparer.Ordinal) { [TpmPart.Creation] = creation, [TpmPart.CreationSignature] = Signature(creation), [TpmPart.CreationData] = Sized(data) };
    }

    /// <summary>TPMS_ATTEST of a creation.</summary>
    public static byte[] Creation(byte[] qualifiedSigner, byte[] name, byte[] hash) =>
        [0xff, 0x54, 0x43, 0x47, .. UInt16(0x801a), .. Sized(qualifiedSigner), .. Sized([4, 5]), .. new byte[8], 0, 0, 0, 5, 0, 0, 0, 6, 1, .. new byte[8], .. Sized(name), .. Sized(hash)];

    public AttestationVerdict<AuthenticEvidence> Authenticate(Dictionary<string, ReadOnlyMemory<byte>>? parts = null)
    {
        var received = ReceivedEvidence.Parse(EvidenceKind.Tpm, new EvidenceParts(parts ?? Parts()));
        return received.Accepted ? AuthenticEvidence.Authenticate(received.Value, new AuthenticationContext(Roots(), Now)) : new AttestationVerdict<AuthenticEvidence>(received.Fault);
    }

    /// <summary>An endorsement key's public area: AES-128-CFB, no scheme.</summary>
    public static byte[] EndorsementArea(RSA key) => Area(RsaArea(key.ExportParameters(false), EndorsementKey, [0, 6, 0, 128, 0, 0x43], [0, 0x10]));

    public static byte[] EndorsementArea(ECParameters key) => Area(EcArea(key, EndorsementKey, [0, 6, 0, 128, 0, 0x43], [0, 0x10]));

    public static byte[] Sized(ReadOnlySpan<byte> bytes) => [.. UInt16((ushort)bytes.Length), .. bytes];

    // TPM2B_PUBLIC.
    private static byte[] Area(byte[] area) => Sized(area);

    private static byte[] RsaArea(RSAParameters key, uint attributes, byte[] symmetric, byte[] scheme) =>
        [0, 1, .. UInt16(Sha256), .. UInt32(attributes), 0, 0, .. symmetric, .. scheme, .. UInt16((ushort)(key.Modulus!.Length * 8)), 0, 0, 0, 0, .. Sized(key.Modulus)];

    private static byte[] EcArea(ECParameters key, uint attributes, byte[] symmetric, byte[] scheme) =>
        [0, 0x23, .. UInt16(Sha256), .. UInt32(attributes), 0, 0, .. symmetric, .. scheme, 0, 3, 0, 0x10, .. Sized(key.Q.X), .. Sized(key.Q.Y)];

    private static byte[] UInt16(ushort number)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] UInt32(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }
}
