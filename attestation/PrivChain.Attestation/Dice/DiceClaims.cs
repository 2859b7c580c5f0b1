using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Claims;

namespace PrivChain.Attestation.Dice;

/// <summary>Claims of a verified DICE path.</summary>
internal static class DiceClaims
{
    /// <summary>The claims. Without report data nothing is bound.</summary>
    public static EnclaveClaims Of(string kind, DicePath path, DeviceRevocation revocation, ReadOnlyMemory<byte> reportData)
    {
        var infos = path.Layers.SelectMany(layer => Enumerable.Reverse(layer.Infos)).ToList();
        var signer = path.Layers.Select(layer => layer.OpenDice?.AuthorityHash).FirstOrDefault(hash => hash is not null) ?? ReadOnlyMemory<byte>.Empty;
        return new EnclaveClaims
        {
            Kind = kind,
            Tee = "dice",
            Root = path.Chain.Root,
            Measurement = Measurement(path),
            Measurements = Measurements(path),
            Signer = signer,
            Svn = infos.Select(info => info.Svn).FirstOrDefault(svn => svn is not null) is { } svn ? (uint)Math.Min(svn, uint.MaxValue) : null,
            Debug = path.Layers.Any(layer => layer.OpenDice?.Mode == OpenDiceMode.Debug || layer.Infos.Any(info => info.Flags is { Debug: true })),
            ReportData = reportData,
            IssuedAt = null,
            HoldsUntil = revocation.HoldsUntil,
            HardwareId = path.Ueid,
            ChipFamily = infos.Select(info => info.Model).FirstOrDefault(model => model is not null) ?? string.Empty,
            Conditions = [.. Conditions(path)],
            RevocationChecked = revocation.Checked,
            NotChecked = [.. NotChecked(path, infos, reportData)],
        };
    }

    /// <summary>Digest of the last firmware that a layer measured: the last component of the certificate next to the leaf. Shorter ones end in zeros, longer ones are cut (SHA-512 to 384 bits).</summary>
    private static byte[] Measurement(DicePath path)
    {
        if (path.Layers.Select(layer => layer.FirmwareIds.LastOrDefault()).FirstOrDefault(id => id is not null) is not { } last)
        {
            // Nothing was measured: a value of no length is on nobody's list.
            return [];
        }

        var measurement = new byte[EnclaveClaims.MeasurementSize];
        last.Digest.Span[..Math.Min(last.Digest.Length, measurement.Length)].CopyTo(measurement);
        return measurement;
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

    private static IEnumerable<string> Conditions(DicePath path)
    {
        if (path.Layers.Any(layer => layer.OpenDice is { Mode: OpenDiceMode.NotConfigured or OpenDiceMode.Recovery }
            || layer.Infos.Any(info => info.Flags is { NotConfigured: true } or { NotSecure: true } or { Recovery: true })))
        {
            yield return EvidenceCondition.DeviceNotSecured;
        }

        if (path.Layers.SelectMany(layer => layer.FirmwareIds).Any(id => id.IsWeak))
        {
            yield return EvidenceCondition.WeakHash;
        }
    }

    private static IEnumerable<string> NotChecked(DicePath path, List<TcbInfo> infos, ReadOnlyMemory<byte> reportData)
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

        if (infos.TrueForAll(info => info.Flags is null) && path.Layers.All(layer => layer.OpenDice is null))
        {
            yield return "debug mode: no layer has flags";
        }

        if (path.Layers.SelectMany(layer => layer.Unread).Any())
        {
            yield return "extensions that are named and not read";
        }
    }
}
