using System.Security.Cryptography;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Simulated;
using PrivChain.Attestation.Sources;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Evidence;

namespace PrivChain.Enclave.Start;

/// <summary>Where this process gets evidence and its sealing key from. Simulated evidence is made here and only by its name; hardware is picked by <see cref="EvidenceSourceSelector"/>. Nothing falls back to anything.</summary>
internal sealed class EnclaveSource : IDisposable
{
    private readonly IDisposable? _owned;
    private readonly Func<byte[]> _sealingKey;

    private EnclaveSource(IEvidenceSource evidence, string origin, Func<byte[]> sealingKey, IDisposable? owned)
    {
        Evidence = evidence;
        Origin = origin;
        _sealingKey = sealingKey;
        _owned = owned;
    }

    public IEvidenceSource Evidence { get; }

    /// <summary>What it is, for the operator.</summary>
    public string Origin { get; }

    /// <summary>Opens what the arguments name.</summary>
    public static async Task<Verdict<EnclaveSource>> OpenAsync(EnclaveOptions options, Genesis genesis, TimeProvider time)
    {
        if (options.Evidence == EvidenceKind.Simulated)
        {
            var secret = await File.ReadAllBytesAsync(options.SimulatedRoot).ConfigureAwait(false);
            var root = SimulatedRoot.Import(secret);
            CryptographicOperations.ZeroMemory(secret);
            var simulated = new SimulatedEvidenceSource(root, ProgramMeasurement.OfFolder(AppContext.BaseDirectory), EnclaveEvidence.SecurityVersion, time);
            return new EnclaveSource(simulated, "a test root in a file", simulated.DeriveSealingKey, root);
        }

        var settings = new EvidenceSourceSettings { DiceChannel = options.DiceChannel, StateFolder = options.State, Roots = new RootSet(genesis.EvidenceRoots), Time = time };
        settings = options.Tpm.Length > 0 ? settings with { TpmTcti = options.Tpm } : settings;
        try
        {
            var source = await EvidenceSourceSelector.OpenAsync(options.Evidence, settings, CancellationToken.None).ConfigureAwait(false);
            return new EnclaveSource(
                source, source.Origin, options.Seal == EnclaveOptions.SealByTpm ? () => EvidenceSourceSelector.DeriveTpmSealingKey(settings) : source.DeriveSealingKey, source as IDisposable);
        }
        catch (EvidenceSourceException exception)
        {
            return Verdict<EnclaveSource>.Refuse(ReasonOf(exception.Fault), exception.Message);
        }
    }

    /// <summary>The sealing key, or why there is none. The caller wipes it.</summary>
    public Verdict<byte[]> DeriveSealingKey()
    {
        try
        {
            return _sealingKey();
        }
        catch (EvidenceSourceException exception)
        {
            return Verdict<byte[]>.Refuse(ReasonOf(exception.Fault), exception.Message);
        }
    }

    public void Dispose() => _owned?.Dispose();

    internal static RefusalReason ReasonOf(EvidenceSourceFault fault) => fault switch
    {
        EvidenceSourceFault.TooLarge => RefusalReason.TooLarge,
        EvidenceSourceFault.UnsupportedForm => RefusalReason.UnsupportedFormat,
        EvidenceSourceFault.BadAnswer => RefusalReason.EvidenceNotAccepted,

        // The operator chose a source that this machine does not have, or one that gives no key without --seal tpm.
        EvidenceSourceFault.Absent or EvidenceSourceFault.OtherProvider or EvidenceSourceFault.CannotSeal => RefusalReason.BadSettings,
        _ => RefusalReason.Unavailable,
    };
}
