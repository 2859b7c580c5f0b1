using PrivChain.Sdk.Trail;

namespace PrivChain.Benchmarks;

/// <summary>What the trail verifier adds to the signature checks that it cannot do without.</summary>
internal static class TrailVerification
{
    public static async Task RunAsync(ResultTable table, int entries, int rounds)
    {
        var ledger = new SampleLedger();
        var signed = ledger.Entries(entries);
        var trail = ledger.Trail(signed);
        var peak = 0L;
        var ratio = await Interleaved.MeasureAsync(
            rounds,
            () =>
            {
                var before = GC.GetTotalMemory(forceFullCollection: true);
                var report = TrailVerifier.Verify(trail, ledger.Genesis.LedgerId);
                if (!report.Valid)
                {
                    throw new InvalidOperationException(report.Refusal!.ToString());
                }

                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false) - before);
                return Task.CompletedTask;
            },
            () =>
            {
                ledger.Authenticate(signed);
                return Task.CompletedTask;
            },
            entries,
            entries);
        table.Add($"trail verification of {entries:N0} entries", "signature checks alone", "≥ 0.8", ratio, $"both on all cores; at most {peak / 1024 / 1024} MB more heap, of which the ledger's state is the part that grows");
    }
}
