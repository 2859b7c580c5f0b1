using System.Text;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Sources.Gramine;

/// <summary>
/// SGX quotes of a program under Gramine: <c>/dev/attestation</c>. Write <c>user_report_data</c>, read <c>quote</c>. Those two files are the whole enclave's, so two requests at once would mix: one at a time here. Sealing keys
/// come from <c>keys/_sgx_mrenclave</c>, 128 bits that the CPU derives for this MRENCLAVE.
/// </summary>
public sealed class GramineSource : HardwareSource
{
    private const int MaxQuote = 64 * 1024;
    private const int MaxText = 64;
    private const int SealKeySize = 16;

    private readonly string _folder;
    private readonly Lock _lock = new();

    internal GramineSource(string folder = DefaultFolder)
    {
        _folder = folder;
        if (!IsPresent(folder))
        {
            throw Fault(EvidenceSourceFault.Absent, folder + " is not there");
        }

        var type = Encoding.ASCII.GetString(Guard(() => DeviceFile.Read(Path.Combine(folder, "attestation_type"), MaxText))).TrimEnd('\n', '\0');
        if (type != "dcap")
        {
            throw Fault(EvidenceSourceFault.OtherProvider, $"attestation_type: wanted dcap, given {type}");
        }

        Measurement = Padded(Decoded(Quote(new byte[EnclaveClaims.ReportDataSize]), "mrenclave"));
    }

    /// <summary>Where Gramine shows it.</summary>
    public const string DefaultFolder = "/dev/attestation";

    /// <inheritdoc/>
    public override string Kind => EvidenceKind.Sgx;

    /// <inheritdoc/>
    public override string Origin => "Gramine, " + _folder;

    /// <summary>True where Gramine runs this program.</summary>
    internal static bool IsPresent(string folder) => File.Exists(Path.Combine(folder, "attestation_type"));

    /// <inheritdoc/>
    public override byte[] DeriveSealingKey()
    {
        var path = Path.Combine(_folder, "keys", "_sgx_mrenclave");
        if (!File.Exists(path))
        {
            throw Fault(EvidenceSourceFault.CannotSeal, path + " is not there");
        }

        var key = Guard(() => DeviceFile.Read(path, MaxText));

        // A key that was never set reads as zeros, or as nothing.
        return key.Length == SealKeySize && key.AsSpan().ContainsAnyExcept((byte)0) ? SealingKey.Derive(Kind, key) : throw Fault(EvidenceSourceFault.CannotSeal, $"{path} has no key of {SealKeySize} bytes");
    }

    private protected override ValueTask<EvidenceParts> ReadPartsAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellation) => ValueTask.FromResult(Quote(reportData).Parts);

    private ReceivedEvidence Quote(ReadOnlyMemory<byte> reportData)
    {
        byte[] quote;
        lock (_lock)
        {
            quote = Guard(() =>
            {
                DeviceFile.Write(Path.Combine(_folder, "user_report_data"), reportData.Span);
                return DeviceFile.Read(Path.Combine(_folder, "quote"), MaxQuote);
            });
        }

        return Read(EvidenceParts.Of(quote), reportData);
    }

    private byte[] Guard(Func<byte[]> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException exception)
        {
            throw Fault(EvidenceSourceFault.TooLarge, exception.Message, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Fault(EvidenceSourceFault.Failed, exception.Message, exception);
        }
    }
}
