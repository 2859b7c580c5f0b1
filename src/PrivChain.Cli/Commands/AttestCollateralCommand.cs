using System.CommandLine;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Collateral.Files;
using PrivChain.Attestation.Collateral.Http;
using PrivChain.Attestation.Collateral.Vendors;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Files;

namespace PrivChain.Cli.Commands;

/// <summary><c>attest collateral</c>: the only part of <c>attest</c> that uses the network, and nothing it brings is believed before <c>verify</c> has verified it.</summary>
internal static class AttestCollateralCommand
{
    private static readonly Option<string> _out = new("--out") { Description = "A folder for one file an item, or a bundle when the name ends in .json.", HelpName = "DIR|FILE.json", Required = true };
    private static readonly Option<Uri[]> _pccs = Addresses("--pccs", "A caching service to ask instead of Intel's own; several are asked in order.");
    private static readonly Option<Uri[]> _kds = Addresses("--kds", "A service to ask instead of AMD's own; several are asked in order.");
    private static readonly Option<Uri[]> _maa = Addresses("--maa", "An instance of Azure Attestation that you trust to sign tokens; the one in a token is asked only when it is named here.");
    private static readonly Option<bool> _thim = new("--thim") { Description = "Ask Azure's metadata service first, on the guest itself, for AMD's certificates." };

    public static Command Make() => CommandMaker.Group(
        "collateral", "What vendors say about evidence.", "privchain attest collateral fetch --evidence quote.bin --out collateral",
        CommandMaker.Make(
            "fetch", "Fetches what verification of a piece of evidence will want, from the vendors' services or the ones named. Nothing that comes is verified here.",
            "privchain attest collateral fetch --evidence quote.bin --out collateral --pccs https://localhost:8081",
            FetchAsync, AttestInput.Evidence, AttestInput.Kind, AttestInput.Part, _out, _pccs, _kds, _maa, _thim));

    private static async Task<int> FetchAsync(CommandRun run)
    {
        var output = run.Output;
        var (parsed, _) = AttestInput.Read(run, run.Value(AttestInput.Evidence));
        if (!parsed.Accepted)
        {
            throw new RefusalException(AttestInput.ToRefusal(parsed.Fault));
        }

        var request = parsed.Value.CollateralRequest;
        output.Json["wanted"] = AttestOutput.Words(request);
        if (request is null)
        {
            output.Line($"Evidence of kind {parsed.Value.Kind} needs no collateral.");
            return 0;
        }

        var set = await AskAsync(run, request).ConfigureAwait(false);
        var path = run.Value(_out);
        if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            OwnPath.Write(path, CollateralBundle.ToJson(set));
        }
        else
        {
            OwnPath.RefuseLink(path);
            CollateralFolder.Write(set, path);
        }

        output.Json["items"] = new JsonArray([.. set.Names.Select(name => (JsonNode)name)]);
        output.Json["digest"] = Hex.Encode(set.Digest.Span);
        output.Json["out"] = path;
        output.Facts(("Wanted", AttestOutput.Words(request)), ("Items", string.Join(", ", set.Names)), ("Digest", Hex.Encode(set.Digest.Span)), ("Written to", path));
        output.Line("Nothing of it is verified yet: `privchain attest verify --collateral` does that.");
        return 0;
    }

    private static async Task<CollateralSet> AskAsync(CommandRun run, CollateralRequest request)
    {
        var providers = Providers(run, request);
        try
        {
            var set = await new FirstAnswerProvider(providers).GetAsync(request, run.Cancellation).ConfigureAwait(false);
            return set.IsEmpty ? throw new RefusalException(new Refusal(RefusalReason.NotFound, $"nobody asked has it: {AttestOutput.Words(request)}")) : set;
        }
        catch (HttpRequestException exception)
        {
            throw new RefusalException(new Refusal(RefusalReason.Unavailable, exception.Message));
        }
        finally
        {
            foreach (var provider in providers.OfType<IDisposable>())
            {
                provider.Dispose();
            }
        }
    }

    private static List<ICollateralProvider> Providers(CommandRun run, CollateralRequest request)
    {
        var options = new CollateralHttpOptions { Time = run.Time };
        var services = request switch
        {
            CollateralRequest.Intel => run.Optional(_pccs) is { Length: > 0 } caches
                ? caches.Select(cache => (ICollateralProvider)new IntelCollateralProvider(cache, null, options))
                : [new IntelCollateralProvider(IntelCollateralProvider.ProvisioningService, IntelCollateralProvider.RootList, options)],
            CollateralRequest.Amd =>
            [
                .. run.Optional(_thim) ? new ICollateralProvider[] { new ThimCollateralProvider(ThimCollateralProvider.MetadataService, options) } : [],
                .. (run.Optional(_kds) is { Length: > 0 } named ? named : [AmdCollateralProvider.KeyDistributionService]).Select(service => new AmdCollateralProvider(service, options)),
            ],
            CollateralRequest.Maa maa => run.Optional(_maa) is { Length: > 0 } instances
                ? [new MaaCollateralProvider(instances, options)]
                : throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"the token names {maa.Issuer}: say --maa with that address if you trust it to sign tokens")),
            _ => throw new RefusalException(new Refusal(RefusalReason.UnknownVersion, "a request of another kind")),
        };
        return [.. services];
    }

    private static Option<Uri[]> Addresses(string name, string description) => new(name)
    {
        Description = description, HelpName = "URL", DefaultValueFactory = _ => [],
        CustomParser = result =>
        {
            var addresses = new List<Uri>();
            foreach (var token in result.Tokens)
            {
                if (Uri.TryCreate(token.Value, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" && address.Query.Length == 0)
                {
                    addresses.Add(address);
                }
                else
                {
                    result.AddError($"{name}: wanted an address such as https://localhost:8081");
                }
            }

            return [.. addresses];
        },
    };
}
