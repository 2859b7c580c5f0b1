using PrivChain.Attestation;
using PrivChain.Core.Bytes;

namespace PrivChain.Sdk.Enclaves;

/// <summary>An enclave whose evidence was appraised. Only <see cref="EnclaveAppraisal"/> makes one; code that seals secrets to an enclave takes this.</summary>
public sealed class AppraisedEnclave
{
    internal AppraisedEnclave(EnclaveIdentity identity, AttestedEnclave attested, Digest measurement)
    {
        Identity = identity;
        Kind = attested.Claims.Kind;
        IsSimulated = attested.IsSimulated;
        Measurement = measurement;
        MeasurementBytes = attested.Claims.Measurement;
        SecurityVersion = attested.Claims.Svn;
        IssuedAt = DateTimeOffset.FromUnixTimeMilliseconds(checked((long)attested.Claims.IssuedAt));
        RootId = new Digest(attested.Claims.RootId.Span);
        NotChecked = attested.Claims.NotChecked;
    }

    /// <summary>Role and keys that the evidence binds.</summary>
    public EnclaveIdentity Identity { get; }

    /// <summary>Kind of evidence, as contracts name it.</summary>
    public string Kind { get; }

    /// <summary>True when no hardware vouches for it: say so wherever it shows.</summary>
    public bool IsSimulated { get; }

    /// <summary>Digest of the measurement, as enrolments name it.</summary>
    public Digest Measurement { get; }

    /// <summary>The measurement, 48 bytes.</summary>
    public ReadOnlyMemory<byte> MeasurementBytes { get; }

    /// <summary>Security version.</summary>
    public ushort SecurityVersion { get; }

    /// <summary>When the evidence was made, by its root's clock.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>SHA-256 of the root's key.</summary>
    public Digest RootId { get; }

    /// <summary>What this kind of evidence cannot prove, in words.</summary>
    public IReadOnlyList<string> NotChecked { get; }
}
