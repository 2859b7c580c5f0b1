using PrivChain.Sdk.Trail;

namespace PrivChain.Benchmarks;

/// <summary>The trail verifier, which checks signatures side by side, against checking the same signatures one by one on all cores, as it did before.</summary>
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
        table.Add($"trail verification of {entries:N0} entries", "its signatures one by one, on all cores", "≥ 3", ratio, $"both on all cores; at most {peak / 1024 / 1024} MB more heap, of which the ledger's state is the part that grows");
    }
}
