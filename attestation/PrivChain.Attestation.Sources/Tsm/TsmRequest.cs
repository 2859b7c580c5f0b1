using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PrivChain.Attestation.Sources.Tsm;

/// <summary>
/// One request to configfs-tsm: a folder of its own, one write of all 64 bytes, the blobs, and the generation, which must have grown by exactly the writes made here: otherwise somebody else wrote into the request and
/// the blob may bind their bytes.
/// </summary>
internal static class TsmRequest
{
    private const int MaxAttempts = 4;
    private const int MaxText = 4096;
    private const int MaxBlob = 256 * 1024;

    // errno values of Linux, as .NET hands them over in HResult.
    private const int NoDevice = 6; // ENXIO: the provider went away
    private const int Busy = 16; // EBUSY: too many writes without a read

    /// <summary>Asks for evidence.</summary>
    /// <param name="tsm">The folder.</param>
    /// <param name="kind">The evidence, for messages.</param>
    /// <param name="provider">The provider that makes this kind.</param>
    /// <param name="reportData">64 bytes.</param>
    /// <exception cref="EvidenceSourceException">No such provider, or no answer that can be used.</exception>
    public static TsmReport Ask(ITsmFolder tsm, string kind, string provider, ReadOnlySpan<byte> reportData)
    {
        if (!tsm.Exists)
        {
            throw new EvidenceSourceException(EvidenceSourceFault.Absent, kind, KernelTsmFolder.DefaultPath + " is not there");
        }

        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (TryAsk(tsm, kind, provider, reportData) is { } report)
            {
                return report;
            }
        }

        throw new EvidenceSourceException(EvidenceSourceFault.Contended, kind, $"the request's generation was changed by somebody else {MaxAttempts} times");
    }

    /// <summary>The provider of this machine, or null.</summary>
    public static string? ProviderOf(ITsmFolder tsm)
    {
        if (!tsm.Exists)
        {
            return null;
        }

        var request = NewName();
        try
        {
            tsm.Make(request);
            try
            {
                return Text(tsm, request, "provider");
            }
            finally
            {
                tsm.Remove(request);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not permitted, or no provider behind the folder: this machine has none for us.
            return null;
        }
    }

    private static TsmReport? TryAsk(ITsmFolder tsm, string kind, string provider, ReadOnlySpan<byte> reportData)
    {
        var request = NewName();
        try
        {
            tsm.Make(request);
            try
            {
                return Read(tsm, request, kind, provider, reportData);
            }
            finally
            {
                tsm.Remove(request);
            }
        }
        catch (IOException exception) when (exception.HResult == Busy)
        {
            return null;
        }
        catch (ArgumentOutOfRangeException exception)
        {
            // What .NET makes of EFBIG, here: the blob does not fit into the attribute.
            throw new EvidenceSourceException(EvidenceSourceFault.TooLarge, kind, "the kernel says EFBIG", exception);
        }
        catch (IOException exception) when (exception.HResult == NoDevice)
        {
            throw new EvidenceSourceException(EvidenceSourceFault.Absent, kind, "the provider is gone (ENXIO)", exception);
        }
        catch (InvalidDataException exception)
        {
            throw new EvidenceSourceException(EvidenceSourceFault.TooLarge, kind, exception.Message, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EvidenceSourceException(EvidenceSourceFault.Failed, kind, exception.Message, exception);
        }
    }

    private static TsmReport? Read(ITsmFolder tsm, string request, string kind, string provider, ReadOnlySpan<byte> reportData)
    {
        var given = Text(tsm, request, "provider");
        if (given != provider)
        {
            throw new EvidenceSourceException(EvidenceSourceFault.OtherProvider, kind, $"wanted the provider {provider}, given {given ?? "none"}");
        }

        var before = Generation(tsm, request, kind);
        var writes = 0L;

        // Where there are privilege levels, the most privileged one that this guest may ask for.
        if (Text(tsm, request, "privlevel_floor") is { } floor)
        {
            tsm.Write(request, "privlevel", Encoding.ASCII.GetBytes(floor));
            writes++;
        }

        // All 64 bytes always: a shorter value would leave the rest to the kernel.
        tsm.Write(request, "inblob", reportData);
        writes++;
        var evidence = tsm.Read(request, "outblob", MaxBlob);
        var auxiliary = tsm.Read(request, "auxblob", MaxBlob);
        if (Generation(tsm, request, kind) != before + writes)
        {
            return null;
        }

        return evidence is { Length: > 0 }
            ? new TsmReport(evidence, auxiliary ?? [])
            : throw new EvidenceSourceException(EvidenceSourceFault.BadAnswer, kind, "an empty outblob");
    }

    private static long Generation(ITsmFolder tsm, string request, string kind) =>
        long.TryParse(Text(tsm, request, "generation"), NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            ? generation
            : throw new EvidenceSourceException(EvidenceSourceFault.BadAnswer, kind, "a generation that is no number");

    private static string? Text(ITsmFolder tsm, string request, string attribute) => tsm.Read(request, attribute, MaxText) is { } bytes ? Encoding.ASCII.GetString(bytes).TrimEnd('\n', '\0') : null;

    // Nobody else's name, so nobody else's request.
    private static string NewName() => "privchain-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
