using System.CommandLine;
using PrivChain.Attestation.Roots;
using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Commands;

/// <summary>
/// The roots that a run trusts. A run that judges by a policy names them itself, since its answer is acted upon; a look without a policy takes the vendors' roots that come with the program, and says so.
/// </summary>
internal static class AttestRoots
{
    private static readonly Option<string[]> _root = new("--root")
    {
        Description = "A root to trust; may be given several times: a family (intel, amd, aws-nitro, nvidia), family=FILE (certificates, a request, a public key, a JWK, a TPM's public area), family:0x… (fingerprint; not for eat, whose evidence brings no key), or maa=FILE@ISSUER#HASH (a key set, whose tokens it may sign, and under which policy).",
        HelpName = "ROOT", DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> _vendorRoots = new("--vendor-roots") { Description = "Trust every vendor's root that comes with this program." };

    public static Symbol[] Options { get; } = [_root, _vendorRoots];

    /// <summary>The roots, and whether they are only those that a look takes.</summary>
    /// <param name="run">What was typed.</param>
    /// <param name="isLook">True when no policy is asked.</param>
    public static (RootSet Roots, bool ByDefault) Read(CommandRun run, bool isLook)
    {
        var named = run.Optional(_root) ?? [];
        if (named.Length > 0 || run.Optional(_vendorRoots))
        {
            return (new RootSet([.. named.SelectMany(Read), .. run.Optional(_vendorRoots) ? VendorRoots.All : []]), false);
        }

        return isLook
            ? (new RootSet(VendorRoots.All), true)
            : throw new RefusalException(new Refusal(RefusalReason.BadSettings, "a policy is judged with roots that you name: --root, or --vendor-roots for every vendor's"));
    }

    private static IEnumerable<TrustAnchor> Read(string root)
    {
        if (root.Contains(":0x", StringComparison.Ordinal))
        {
            // Certificates come along with evidence, so that their fingerprint is enough; a token brings no key.
            if (root.StartsWith(RootKind.Eat + ":", StringComparison.Ordinal))
            {
                throw Bad($"{root} has no key, and tokens bring none: {RootKind.Eat}=FILE with the key itself");
            }

            var set = new RootSet([root]);
            return set.Anchors.Any() && IsFamily(root[..root.IndexOf(':', StringComparison.Ordinal)]) ? set.Anchors : throw Bad($"{root} is not family:0x…, in lower case");
        }

        if (root.Contains('=', StringComparison.Ordinal))
        {
            var (family, path) = AttestInput.Split(root, "--root");
            return IsFamily(family) ? AttestRootFile.Read(family, path) : throw Bad($"no family {family}");
        }

        var vendors = VendorRoots.Of(root).ToList();
        return vendors.Count > 0 ? vendors : throw Bad($"no root of {root} comes with this program; there are {string.Join(", ", VendorRoots.All.Select(anchor => anchor.Kind).Distinct())}");
    }

    private static bool IsFamily(string family) => RootKind.All.Contains(family, StringComparer.Ordinal);

    public static RefusalException Bad(string detail) => new(new Refusal(RefusalReason.BadSettings, "--root: " + detail));
}
