using PrivChain.Attestation.EventLogs;

namespace PrivChain.Attestation.Intel;

/// <summary>The event log of a TD (CCEL, UEFI 2.10 section 38.4.2) against the registers that its quote vouches for: register 1 to 4 of the log are RTMR 0 to 3.</summary>
internal static class Rtmrs
{
    /// <summary>The fault, or null when every register is what the log replays to: zeros where it has no event.</summary>
    public static AttestationFault? Check(EventLog log, TdReport report)
    {
        if (!log.TryReplay(EventLogHash.Sha384, out var registers))
        {
            return Fault("ccel", "SHA-384 digests in each event", "a log without");
        }

        // Register 0 is MRTD, which only the module extends, and there is none above 4.
        if (registers.Keys.FirstOrDefault(register => register is 0 or > TdReport.RtmrCount, 1u) is var other and (0 or > TdReport.RtmrCount))
        {
            return Fault("ccel", "events of RTMR 0 to 3", $"register {other}");
        }

        var zeros = new byte[TdReport.DigestSize];
        for (var number = 0; number < TdReport.RtmrCount; number++)
        {
            var replayed = registers.TryGetValue((uint)number + 1, out var value) ? value.Span : zeros;
            if (!replayed.SequenceEqual(report.Rtmr(number).Span))
            {
                return Fault($"rtmr{number}", Convert.ToHexStringLower(report.Rtmr(number).Span), Convert.ToHexStringLower(replayed));
            }
        }

        return null;
    }

    private static AttestationFault Fault(string field, string wanted, string given) => AttestationFault.Authenticate(AttestationRefusal.EventLogMismatch, field, wanted, given);
}
