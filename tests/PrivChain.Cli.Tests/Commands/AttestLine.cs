using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Tests;

namespace PrivChain.Cli.Tests.Commands;

/// <summary>The command line that a user would type for a case: its files on disk as he would have them, and every root named.</summary>
internal sealed record AttestLine(string Folder, AttestationCase Case, string Place)
{
    // Roles of files and the parts that they are; what is in no list is read by other tests.
    private static readonly Dictionary<string, string> _parts = new(StringComparer.Ordinal)
    {
        ["signature"] = "signature", ["ak_public"] = "ak-public", ["ak_public_pem"] = "ak-public", ["ak_certificate"] = "ak-certificate", ["pcrs"] = "pcrs", ["event_log"] = "event-log", ["certified_public"] = "certified-public",
        ["creation_attestation"] = "creation", ["creation_signature"] = "creation-signature", ["creation_data"] = "creation-data",
        ["certificate_chain"] = "certificate-chain", ["endorsements"] = "endorsements", ["enclave_held_data"] = "enclave-held-data", ["ccel"] = "ccel",
    };

    private readonly List<string> _line = [];

    /// <summary>False for key sets, policies and collateral, which are verified by other means than as evidence.</summary>
    public static bool IsEvidence(AttestationCase @case) => @case.Has("evidence") && @case.Bytes("evidence") is not [(byte)'{', ..] && !Encoding.ASCII.GetString(TokenPart(@case, 0)).Contains("x5c", StringComparison.Ordinal);

    public string[] Arguments()
    {
        _line.AddRange(["attest", "verify", "--evidence", Write("evidence", Case.Bytes("evidence")), "--at", Case.At.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)]);
        if (Kind() is { } kind)
        {
            Add("--kind", kind);
        }

        AddParts();
        AddCollateral();
        foreach (var root in Roots())
        {
            Add("--root", root);
        }

        if (Case.Text("challenge_text") is { Length: > 0 } text)
        {
            Add("--nonce", Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)));
        }
        else if (Case.Text("challenge") is { Length: > 0 } challenge)
        {
            Add("--nonce", challenge);
        }

        return [.. _line];
    }

    // Tokens are told apart by their bytes. What looks like nothing is read as what it claims to be.
    private string? Kind() => Folder switch
    {
        "dice" => Case.Has("certificate_chain") ? EvidenceKind.NvidiaGpu : Case.Has("trust_anchor_csr") ? EvidenceKind.Caliptra : EvidenceKind.FpgaDice,
        "oe" => EvidenceKind.OpenEnclave,
        "snp" => EvidenceKind.SevSnp,
        "eat" => ReceivedEvidence.ParseAny(Case.Bytes("evidence")).Fault?.Reason != Attestation.AttestationRefusal.UnsupportedFormat ? null : Case.Has("platform_key") ? EvidenceKind.Cca : EvidenceKind.Eat,
        _ => Folder,
    };

    private void AddParts()
    {
        foreach (var role in Case.Roles.Where(_parts.ContainsKey))
        {
            Add("--part", $"{_parts[role]}={Write(role, Case.Bytes(role))}");
        }

        // In SNP and TDX cases it is the guest's own file; only a quote of a TPM is bound by it.
        if (Folder == EvidenceKind.Tpm && Case.Has("hcl"))
        {
            Add("--part", "hcl-report=" + Write("hcl", Case.Bytes("hcl")));
        }

        if (Case.Has("intermediates"))
        {
            Add("--part", "intermediates=" + Write("intermediates", [.. Case.Files("intermediates").SelectMany(file => file)]));
        }

        if (Case.Text("format_id") is { Length: > 0 } id)
        {
            Add("--part", "format-id=0x" + id.Replace("-", string.Empty, StringComparison.Ordinal));
        }
    }

    private void AddCollateral()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Place, "collateral")).FullName;
        foreach (var role in Case.Roles.Where(role => role is "intermediate" or "ak_intermediate" || (role != "intermediates" && CollateralName.All.Contains(role.Replace('_', '-')))))
        {
            // Files under the names they have among the vectors, underscores and all.
            File.WriteAllBytes(Path.Combine(folder, (role.EndsWith("intermediate", StringComparison.Ordinal) ? CollateralName.Intermediates : role) + ".bin"), Case.Bytes(role));
        }

        if (Directory.EnumerateFiles(folder).Any())
        {
            Add("--collateral", folder);
        }
    }

    private IEnumerable<string> Roots() => Folder switch
    {
        EvidenceKind.Sgx or EvidenceKind.Tdx => Case.Has("trusted_root") ? Files(RootKind.Intel, "trusted_root") : [RootKind.Intel],
        "oe" => [RootKind.Intel],
        "snp" => Files(RootKind.Amd, "ark"),
        "dice" => Files(Kind() == EvidenceKind.NvidiaGpu ? RootKind.Nvidia : RootKind.Dice, "trust_anchor_csr", "trusted_root"),
        EvidenceKind.Nitro => Files(RootKind.Nitro, "trusted_root"),
        EvidenceKind.Eat => Files(RootKind.Eat, "key", "platform_key"),
        EvidenceKind.Tpm => Files(RootKind.Tpm, "trusted_root", "ak_root", "ak_public", "ak_public_pem"),

        // The issuer that the case expects; where it expects none, the one that the token names.
        EvidenceKind.Maa => Files(RootKind.Maa, "jwks").Select(root => $"{root}@{(Case.Text("expected_issuer") is { Length: > 0 } issuer ? issuer : Issuer())}"),
        _ => [],
    };

    private IEnumerable<string> Files(string family, params string[] roles) => roles.Where(Case.Has).Select(role => $"{family}={Write(role, Case.Bytes(role))}");

    private string Issuer()
    {
        try
        {
            return (string?)JsonNode.Parse(TokenPart(Case, 1))?["iss"] ?? "https://none";
        }
        catch (System.Text.Json.JsonException)
        {
            return "https://none";
        }
    }

    // One part of a token in compact form, decoded; empty where it is none.
    private static byte[] TokenPart(AttestationCase @case, int index)
    {
        var parts = Encoding.Latin1.GetString(@case.Bytes("evidence")).Split('.');
        return parts.Length > index && parts[0].StartsWith("ey", StringComparison.Ordinal) && System.Buffers.Text.Base64Url.IsValid(parts[index]) ? System.Buffers.Text.Base64Url.DecodeFromChars(parts[index]) : [];
    }

    private void Add(string option, string value) => _line.AddRange([option, value]);

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(Place, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
