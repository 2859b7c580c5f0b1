using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.EventLogs;

/// <summary>One event of a log. Nothing in it is true before the whole log was replayed to measured values, and then only the digests are.</summary>
/// <param name="Register">PCR number; in a TDX log the measurement register: 0 MRTD, 1 to 4 RTMR 0 to 3.</param>
/// <param name="Type">Event type, see <see cref="LoggedEventType"/>.</param>
/// <param name="Digests">What was extended, one for each bank.</param>
/// <param name="Data">The event's data, which only its digest vouches for: see <see cref="IsDataMeasured"/>.</param>
internal sealed record LoggedEvent(uint Register, uint Type, IReadOnlyList<LoggedDigest> Digests, ReadOnlyMemory<byte> Data)
{
    /// <summary>False for events that only inform (EV_NO_ACTION): they change no register.</summary>
    public bool IsExtended => Type != LoggedEventType.NoAction;

    /// <summary>The digest of one bank, or null.</summary>
    public ReadOnlyMemory<byte>? DigestOf(ushort algorithm)
    {
        foreach (var digest in Digests)
        {
            if (digest.Algorithm == algorithm)
            {
                return digest.Value;
            }
        }

        return null;
    }

    /// <summary>True when the digest of that bank is the hash of <see cref="Data"/>: only then do measured values prove the data. Many events measure something else (a file, a configuration) and describe it in their data.</summary>
    public bool IsDataMeasured(ushort algorithm) =>
        IsExtended && EventLogHash.NameOf(algorithm) is { } hash && DigestOf(algorithm) is { } digest && digest.Span.SequenceEqual(Hashes.Of(hash, Data.Span));
}
