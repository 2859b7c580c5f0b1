using System.Security.Cryptography;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Simulated;

/// <summary>
/// A root of trust without hardware, for tests and demonstrations. DANGER: whoever holds its file can forge evidence for any program and open what enclaves sealed under it. It
/// takes the place that a CPU's fused key has on real hardware, and lives outside every folder that the node's operator serves.
/// </summary>
public sealed class SimulatedRoot : IDisposable
{
    /// <summary>Length of the exported secret in bytes: P-256 key and seal secret.</summary>
    public const int SecretSize = P256Signature.PrivateKeySize + SealSecretSize;

    private const int SealSecretSize = 32;

    private static ReadOnlySpan<byte> SealLabel => "privchain/simulated-seal/v1\0"u8;

    private readonly byte[] _secret;
    private bool _disposed;

    private SimulatedRoot(byte[] secret)
    {
        _secret = secret;
        PublicKey = P256Signature.PublicKey(secret.AsSpan(0, P256Signature.PrivateKeySize));
    }

    /// <summary>Compressed P-256 key, 33 bytes.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>The name under which a genesis lists it.</summary>
    public string Name => RootSet.Name(RootKind.Simulated, PublicKey.Span);

    /// <summary>A fresh root.</summary>
    public static SimulatedRoot Generate()
    {
        var secret = new byte[SecretSize];
        do
        {
            RandomNumberGenerator.Fill(secret);
        }
        while (!IsKey(secret));

        return new SimulatedRoot(secret);
    }

    /// <summary>A root from its exported secret.</summary>
    /// <exception cref="ArgumentException">Not 64 bytes, or not a key.</exception>
    public static SimulatedRoot Import(ReadOnlySpan<byte> secret) =>
        secret.Length == SecretSize && IsKey(secret) ? new SimulatedRoot(secret.ToArray()) : throw new ArgumentException($"a simulated root has {SecretSize} bytes that begin with a P-256 key");

    /// <summary>Hands out the secret, to be kept in a file of mode 600.</summary>
    public byte[] ExportSecret()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return [.. _secret];
    }

    /// <summary>Makes evidence.</summary>
    /// <param name="measurement">48 bytes.</param>
    /// <param name="svn">Security version.</param>
    /// <param name="debug">Debug flag.</param>
    /// <param name="reportData">64 bytes.</param>
    /// <param name="issuedAt">Unix milliseconds.</param>
    public byte[] Issue(ReadOnlySpan<byte> measurement, ushort svn, bool debug, ReadOnlySpan<byte> reportData, ulong issuedAt)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (measurement.Length != EnclaveClaims.MeasurementSize || reportData.Length != EnclaveClaims.ReportDataSize)
        {
            throw new ArgumentException($"wanted a measurement of {EnclaveClaims.MeasurementSize} and report data of {EnclaveClaims.ReportDataSize} bytes");
        }

        var unsigned = SimulatedBody.Unsigned(measurement, svn, debug, reportData, issuedAt, PublicKey.Span);
        var signature = P256Signature.Sign(_secret.AsSpan(0, P256Signature.PrivateKeySize), SimulatedBody.SigningDigest(unsigned));
        return ReceivedEvidence.Wrap(EvidenceKind.Simulated, EvidenceParts.Of((byte[])[.. unsigned, .. signature]));
    }

    /// <summary>The sealing key of one measurement, 32 bytes; another measurement gets another key. The caller wipes it.</summary>
    public byte[] DeriveSealingKey(ReadOnlySpan<byte> measurement)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return HKDF.Expand(HashAlgorithmName.SHA256, _secret.AsSpan(P256Signature.PrivateKeySize).ToArray(), 32, [.. SealLabel, .. measurement]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_secret);
    }

    private static bool IsKey(ReadOnlySpan<byte> secret)
    {
        try
        {
            _ = P256Signature.PublicKey(secret[..P256Signature.PrivateKeySize]);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
