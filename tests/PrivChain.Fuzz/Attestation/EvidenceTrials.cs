using System.Globalization;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Jose;
using PrivChain.Attestation.Maa;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;
using PrivChain.Attestation.Simulated;
using PrivChain.Attestation.Tpm;

namespace PrivChain.Fuzz.Attestation;

/// <summary>Trials from every <c>cases.json</c> below a folder: whatever is authentic as some kind when each file of its case is what its role says.</summary>
internal static class EvidenceTrials
{
    private static readonly string[] _rootFamilies = [RootKind.Intel, RootKind.Amd, RootKind.Nitro, RootKind.Tpm, RootKind.Dice, RootKind.Nvidia];

    // Certificates and collateral that were verified once need not be again: the evidence's own signature is never among what is remembered.
    private static readonly VerifiedSignatures _verified = new();

    // Roles that have another name here; the others are our names with underscores.
    private static readonly Dictionary<string, string> _parts = new(StringComparer.Ordinal) { ["ak_public_pem"] = TpmPart.AkPublic, ["hcl"] = TpmPart.HclReport };

    private static readonly Dictionary<string, string> _collateral = new(StringComparer.Ordinal) { ["intermediate"] = CollateralName.Intermediates, ["ak_intermediate"] = CollateralName.Intermediates };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<EvidenceTrial> Load(string folder) =>
    [
        Simulated(),
        .. Directory.EnumerateFiles(folder, "cases.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .SelectMany(path => JsonNode.Parse(File.ReadAllBytes(path))!["cases"]!.AsArray().Where(IsGenuine).SelectMany(@case => OfCase(Path.GetDirectoryName(path)!, @case!.AsObject()))),
    ];

    private static bool IsGenuine(JsonNode? @case) => @case!["expect"]!["result"]!.GetValue<string>().StartsWith("valid", StringComparison.Ordinal);

    private static EvidenceTrial Simulated()
    {
        using var root = SimulatedRoot.Generate();
        var at = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        var envelope = root.Issue(new byte[48], 1, debug: false, new byte[64], (ulong)at.ToUnixTimeMilliseconds());
        var main = ReceivedEvidence.Parse(envelope).Value!.Parts.MainPart;
        return EvidenceTrial.Of("simulated", EvidenceKind.Simulated, new Dictionary<string, ReadOnlyMemory<byte>> { [EvidenceParts.Main] = main }, new AuthenticationContext(new RootSet([root.Name]), CollateralSet.Empty, at, _verified))!;
    }

    private static IEnumerable<EvidenceTrial> OfCase(string folder, JsonObject @case)
    {
        var files = @case["files"]!.AsObject().ToDictionary(file => file.Key, file => Read(folder, file.Value!), StringComparer.Ordinal);
        if (@case["format_id"]?.GetValue<string>() is { } id)
        {
            files["format_id"] = new Guid(id).ToByteArray(bigEndian: true);
        }

        var at = DateTimeOffset.Parse(@case["verify_at"]!.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var collateral = new CollateralSet(files.Where(file => CollateralName.All.Contains(NameOf(file.Key, _collateral), StringComparer.Ordinal)).Select(file => KeyValuePair.Create(NameOf(file.Key, _collateral), file.Value)));
        var context = new AuthenticationContext(Roots(files), collateral, at, _verified);
        foreach (var format in EvidenceFormats.All.Where(format => IsFor(format.Kind, folder)))
        {
            var parts = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
            foreach (var (role, bytes) in files)
            {
                if (NameOf(role, _parts) is var name && (name == EvidenceParts.Main || format.OtherParts.Contains(name, StringComparer.Ordinal)))
                {
                    parts[name] = bytes;
                }
            }

            if (parts.ContainsKey(EvidenceParts.Main) && EvidenceTrial.Of(@case["name"]!.GetValue<string>(), format.Kind, parts, context) is { } trial)
            {
                yield return trial;
            }
        }
    }

    // A chain under a trusted root is one whatever lies around it, so that a quote with its certificates would do: DICE is tried where devices are.
    private static bool IsFor(string kind, string folder) => kind is not (EvidenceKind.FpgaDice or EvidenceKind.Caliptra) || Path.GetFileName(folder) == "dice";

    private static RootSet Roots(Dictionary<string, ReadOnlyMemory<byte>> files)
    {
        var anchors = new List<TrustAnchor>(VendorRoots.All);
        foreach (var (role, bytes) in files)
        {
            if (role is "trusted_root" or "ark" or "ak_root")
            {
                anchors.AddRange(_rootFamilies.Select(family => TrustAnchor.TryFromCertificate(family, bytes, out var root) ? root : null).OfType<TrustAnchor>());
            }
            else if (role == "trust_anchor_csr" && TrustAnchor.TryFromCertificationRequest(RootKind.Dice, bytes, out var device))
            {
                anchors.Add(device);
            }
            else if (role == "ak_public" && TpmPublic.TryParse(bytes, out var area))
            {
                anchors.Add(TrustAnchor.FromKey(RootKind.Tpm, area.Key, role));
            }
            else if (role == "jwks" && MaaKeySet.TryParse(bytes, out var set) && JsonWebSignature.TryParse(files["evidence"].Span, out var token) && StrictJson.TryReadObject(token.Payload, out var payload))
            {
                anchors.AddRange(set.Keys.Select(key => key.ToAnchor(StrictJson.Text(payload, "iss") ?? "none")));
            }
            else if (role is "key" or "platform_key" or "ak_public_pem"
                && (TrustAnchor.TryFromJwk(RootKind.Eat, bytes, role, out var key) || TrustAnchor.TryFromPublicKey(role == "ak_public_pem" ? RootKind.Tpm : RootKind.Eat, bytes, role, out key)))
            {
                anchors.Add(key);
            }
        }

        return new RootSet(anchors);
    }

    private static ReadOnlyMemory<byte> Read(string folder, JsonNode file) => file is JsonArray several
        ? several.SelectMany(one => File.ReadAllBytes(Path.Combine(folder, one!.GetValue<string>()))).ToArray()
        : File.ReadAllBytes(Path.Combine(folder, file.GetValue<string>()));

    private static string NameOf(string role, Dictionary<string, string> others) => others.GetValueOrDefault(role) ?? role.Replace('_', '-');
}
