using System.Diagnostics.CodeAnalysis;
using PrivChain.Attestation.Bytes;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.EventLogs;

/// <summary>
/// A boot event log: the crypto-agile form of TCG PC Client Platform Firmware Profile 1.06, section 10 (TPM 2.0; TDX guests as CCEL, UEFI 2.10 section 38.4.2), or its SHA-1 form (TPM 1.2). Integers are little-endian.
/// A log is unsigned: nothing is read from it before <see cref="TryReplay"/> gave values that a quote vouches for.
/// </summary>
internal sealed class EventLog
{
    /// <summary>Largest log in bytes.</summary>
    public const int MaxSize = 1024 * 1024;

    private const int MaxAlgorithms = 16;
    private const int SpecIdSignatureSize = 16;
    private const int Sha1Size = 20;

    private EventLog(bool isCryptoAgile, IReadOnlyDictionary<ushort, int> algorithms, IReadOnlyList<LoggedEvent> events)
    {
        IsCryptoAgile = isCryptoAgile;
        Algorithms = [.. algorithms.Keys];
        Events = events;
    }

    /// <summary>False for the SHA-1 form.</summary>
    public bool IsCryptoAgile { get; }

    /// <summary>TPM_ALG_IDs of the banks.</summary>
    public IReadOnlyList<ushort> Algorithms { get; }

    /// <summary>The events in order, without the header (TCG_EfiSpecIdEvent).</summary>
    public IReadOnlyList<LoggedEvent> Events { get; }

    private static ReadOnlySpan<byte> AgileSignature => "Spec ID Event03\0"u8;

    private static ReadOnlySpan<byte> StartupLocality => "StartupLocality\0"u8;

    /// <summary>Reads a log to its end: the rest of the buffer may be filled with 0xff or 0x00, as tables of firmware are; anything else left over is refused.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out EventLog? log)
    {
        log = null;
        if (bytes.Length is 0 or > MaxSize)
        {
            return false;
        }

        var reader = new ByteReader(bytes.Span);
        var header = ReadSha1Event(ref reader, bytes);
        var hasHeader = header.Type == LoggedEventType.NoAction && header.Data.Span.StartsWith("Spec ID Event0"u8);
        var isAgile = hasHeader && header.Data.Span.StartsWith(AgileSignature);
        var algorithms = new Dictionary<ushort, int> { [EventLogHash.Sha1] = Sha1Size };
        if (isAgile && !TryReadHeader(header.Data.Span, algorithms))
        {
            return false;
        }

        var events = new List<LoggedEvent>();
        if (!hasHeader)
        {
            events.Add(header);
        }

        // Found once: asked again behind every event, a megabyte of small ones would be read to its end each time.
        var end = FillStart(bytes.Span);
        while (!reader.Failed && reader.Offset < end)
        {
            events.Add(isAgile ? ReadAgileEvent(ref reader, bytes, algorithms) : ReadSha1Event(ref reader, bytes));
        }

        log = reader.Failed ? null : new EventLog(isAgile, algorithms, events);
        return log is not null;
    }

    /// <summary>
    /// The values that registers have after every event, each from zeros by H(old || digest); registers without an event are absent. EV_NO_ACTION changes nothing, but one before the first event of PCR 0 may
    /// say that the TPM started at another locality, which is then its first value (section 10.4.5.3). PCRs 17 to 22 have other rules and are not meant.
    /// </summary>
    /// <returns>False for a bank that the log does not have in each event, or whose hash is not known here.</returns>
    public bool TryReplay(ushort algorithm, [NotNullWhen(true)] out IReadOnlyDictionary<uint, ReadOnlyMemory<byte>>? registers)
    {
        registers = null;
        if (!Algorithms.Contains(algorithm) || EventLogHash.NameOf(algorithm) is not { } hash || EventLogHash.SizeOf(algorithm) is not { } size)
        {
            return false;
        }

        var values = new Dictionary<uint, ReadOnlyMemory<byte>>();
        var first = new byte[size];
        var extension = new byte[2 * size];
        foreach (var logged in Events)
        {
            if (!logged.IsExtended)
            {
                if (logged.Register == 0 && !values.ContainsKey(0) && logged.Data.Length == StartupLocality.Length + 1 && logged.Data.Span.StartsWith(StartupLocality))
                {
                    first[^1] = logged.Data.Span[^1];
                }

                continue;
            }

            if (logged.DigestOf(algorithm) is not { } digest)
            {
                return false;
            }

            extension.AsSpan(0, size).Clear();
            (values.TryGetValue(logged.Register, out var old) ? old.Span : logged.Register == 0 ? first : []).CopyTo(extension);
            digest.Span.CopyTo(extension.AsSpan(size));
            values[logged.Register] = Hashes.Of(hash, extension);
        }

        registers = values;
        return true;
    }

    // TCG_PCR_EVENT, section 10.2.1.
    private static LoggedEvent ReadSha1Event(ref ByteReader reader, ReadOnlyMemory<byte> bytes)
    {
        var register = reader.UInt32LittleEndian();
        var type = reader.UInt32LittleEndian();
        var digest = Take(ref reader, bytes, Sha1Size);
        return new LoggedEvent(register, type, [new LoggedDigest(EventLogHash.Sha1, digest)], Take(ref reader, bytes, reader.UInt32LittleEndian()));
    }

    // TCG_PCR_EVENT2, section 10.2.2. Firmware orders the digests as it likes.
    private static LoggedEvent ReadAgileEvent(ref ByteReader reader, ReadOnlyMemory<byte> bytes, Dictionary<ushort, int> algorithms)
    {
        var register = reader.UInt32LittleEndian();
        var type = reader.UInt32LittleEndian();
        var count = reader.UInt32LittleEndian();
        var digests = new List<LoggedDigest>();
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            var algorithm = reader.UInt16LittleEndian();
            if (!algorithms.TryGetValue(algorithm, out var size) || digests.Exists(digest => digest.Algorithm == algorithm))
            {
                reader.Fail();
                break;
            }

            digests.Add(new LoggedDigest(algorithm, Take(ref reader, bytes, size)));
        }

        return new LoggedEvent(register, type, digests, Take(ref reader, bytes, reader.UInt32LittleEndian()));
    }

    private static ReadOnlyMemory<byte> Take(ref ByteReader reader, ReadOnlyMemory<byte> bytes, long length)
    {
        var taken = reader.Take(length).Length;
        return bytes.Slice(reader.Offset - taken, taken);
    }

    // TCG_EfiSpecIdEvent, section 10.4.5.1: signature, platform class (4), versions and size of UINTN (4), algorithms, vendor's own bytes.
    private static bool TryReadHeader(ReadOnlySpan<byte> data, Dictionary<ushort, int> algorithms)
    {
        algorithms.Clear();
        var reader = new ByteReader(data);
        _ = reader.Take(SpecIdSignatureSize + 8);
        var count = reader.UInt32LittleEndian();
        if (count is 0 or > MaxAlgorithms)
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            var algorithm = reader.UInt16LittleEndian();
            var size = reader.UInt16LittleEndian();
            if (size is 0 or > 64 || (EventLogHash.SizeOf(algorithm) is { } known && known != size) || !algorithms.TryAdd(algorithm, size))
            {
                return false;
            }
        }

        _ = reader.Take(reader.Byte());
        return reader.Complete;
    }

    private static int FillStart(ReadOnlySpan<byte> bytes) => bytes[^1] is 0 or 0xff ? bytes.LastIndexOfAnyExcept(bytes[^1]) + 1 : bytes.Length;
}
