using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Claims;

namespace PrivChain.Attestation.Dice;

/// <summary>Claims of a verified DICE path.</summary>
internal static class DiceClaims
{
    /// <summary>The claims. Without report data nothing is bound.</summary>
    public static EnclaveClaims Of(string kind, DicePath path, DeviceRevocation revocation, ReadOnlyMemory<byte> reportData)
    {
        var measurements = Measurements(path);
        var infos = path.Layers.SelectMany(layer => Enumerable.Reverse(layer.Infos)).ToList();
        var signer = path.Layers.Select(layer => layer.OpenDice?.AuthorityHash).FirstOrDefault(hash => hash is not null) ?? ReadOnlyMemory<byte>.Empty;
        return new EnclaveClaims
        {
            Kind = kind,
            Tee = "dice",
            Root = path.Chain.Root,

            // A layer is only as good as all below it, which made its key and measured it. Nothing measured: a value of no length is on nobody's list.
            Measurement = measurements.Count > 0 ? MeasuredValue.DigestOf(measurements) : default,
            Measurements = measurements,
            Signer = signer,
            Svn = infos.Select(info => info.Svn).FirstOrDefault(svn => svn is not null) is { } svn ? (uint)Math.Min(svn, uint.MaxValue) : null,
            Debug = path.Layers.Any(layer => layer.OpenDice?.Mode == OpenDiceMode.Debug || layer.Infos.Any(info => info.Flags is { Debug: true })),
            Tcb = revocation.Tcb,
            ReportData = reportData,
            IssuedAt = null,
            HoldsUntil = revocation.HoldsUntil,
            HardwareId = path.Ueid,
            ChipFamily = infos.Select(info => info.Model).FirstOrDefault(model => model is not null) ?? string.Empty,
            Conditions = [.. Conditions(path)],
            RevocationChecked = revocation.Checked,
            NotChecked = [.. NotChecked(path, reportData)],
        };
    }

    // Root first, so that the first measured layer is the one next to the hardware.
    private static List<MeasuredValue> Measurements(DicePath path)
    {
        var values = new List<MeasuredValue>();
        foreach (var id in path.Layers.Reverse().SelectMany(layer => layer.FirmwareIds))
        {
            values.Add(new MeasuredValue($"fwid{values.Count}", id.Algorithm, id.Digest));
        }

        return values;
    }

    // Some layer has flags or a mode.
    private static bool SaysMode(DicePath path) => path.Layers.Any(layer => layer.OpenDice is not null || layer.Infos.Any(info => info.Flags is not null));

    private static IEnumerable<string> Conditions(DicePath path)
    {
        if (path.Layers.Any(layer => layer.OpenDice is { Mode: OpenDiceMode.NotConfigured or OpenDiceMode.Recovery }
            || layer.Infos.Any(info => info.Flags is { NotConfigured: true } or { NotSecure: true } or { Recovery: true })))
        {
            yield return EvidenceCondition.DeviceNotSecured;
        }

        if (!SaysMode(path))
        {
            yield return EvidenceCondition.DebugNotStated;
        }

        if (path.Layers.SelectMany(layer => layer.FirmwareIds).Any(id => id.IsWeak))
        {
            yield return EvidenceCondition.WeakHash;
        }
    }

    private static IEnumerable<string> NotChecked(DicePath path, ReadOnlyMemory<byte> reportData)
    {
        yield return "what the firmware does: its digest is compared with a list, its code is not read";
        yield return "where the device is and who holds it";
        if (reportData.Length == 0)
        {
            yield return "freshness and session keys: the chain alone can be copied";
        }

        if (path.Ueid.Length == 0)
        {
            yield return "which device it is: no layer names one";
        }

        if (!SaysMode(path))
        {
            yield return "debug mode: no layer has flags";
        }

        if (path.Layers.SelectMany(layer => layer.Unread).Any())
        {
            yield return "extensions that are named and not read";
        }
    }
}
