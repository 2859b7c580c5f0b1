using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;

namespace PrivChain.Cli.Commands;

/// <summary><c>app</c>: whether a node serves the app in the browser that the governors enrolled.</summary>
internal static class AppCommand
{
    private static readonly Argument<Uri?> _address = MakeAddress();

    public static Command Make() => CommandMaker.Group(
        "app", "The app in the browser, as a node serves it.", "privchain app verify http://127.0.0.1:7601/",
        CommandMaker.Make(
            "verify", "Fetches every file of the app as a browser does, compares it with the manifest that governors enrolled on the verified ledger, and names the first that differs.",
            "privchain app verify http://127.0.0.1:7601/ --deployment ./privchain", VerifyAsync, [_address, .. Common.Connection]));

    private static async Task<int> VerifyAsync(CommandRun run)
    {
        var output = run.Output;
        var address = run.Value(_address)!;
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        using var site = new ServedApp(address, connection.LedgerId);
        output.Json["address"] = address.ToString();
        output.Json["ledger"] = connection.LedgerId.ToString();

        var enrolments = await connection.Ledger.ReadStateAsync(
            state => state.EnrolledIn(LedgerRole.App, state.Time).OrderByDescending(enrolment => enrolment.Index).ToList(), cancellationToken: run.Cancellation).ConfigureAwait(false);
        if (enrolments.Count == 0)
        {
            throw new RefusalException(new Refusal(RefusalReason.NotEnrolled, $"no app is enrolled on ledger {connection.LedgerId}; a governor does so with `privchain enrol app`"));
        }

        // The node's manifest only says which of the enrolled ones it means; what is compared with is the governors'.
        var served = await site.ManifestAsync(run.Cancellation).ConfigureAwait(false);
        var enrolment = enrolments.Find(known => known.Subject == served?.Digest) ?? enrolments[0];
        var manifest = await ReadAsync(connection, enrolment, run.Cancellation).ConfigureAwait(false);
        var isEnrolled = served?.Digest == manifest.Digest;
        output.Json["manifest"] = manifest.Digest.ToString();
        output.Json["servedManifest"] = served?.Digest.ToString();
        output.Json["manifestOnLedger"] = isEnrolled;
        output.Json["enrolledAt"] = enrolment.Index;
        output.Json["files"] = manifest.Files.Count;

        if (await site.FirstDifferenceAsync(manifest, served, run.Cancellation).ConfigureAwait(false) is { } difference)
        {
            output.Json["file"] = difference.Path;
            throw new RefusalException(new Refusal(difference.Reason, $"{difference.Path}: {difference.Detail}"));
        }

        if (!isEnrolled)
        {
            throw new RefusalException(new Refusal(
                RefusalReason.DigestMismatch, $"the files are those of {manifest.Digest}, enrolled by entry {enrolment.Index}, but the node serves {(served is null ? "no manifest in its form" : $"manifest {served.Digest}")}"));
        }

        output.Facts(
            ("Address", address.ToString()), ("Ledger", connection.LedgerId.ToString()), ("Manifest", manifest.Digest.ToString()),
            ("Enrolled", $"entry {enrolment.Index}"), ("Files", manifest.Files.Count.ToString(CultureInfo.InvariantCulture)));
        output.Line("Every file is the one that the governors enrolled, in each encoding that browsers ask for. What this node serves to others, and later, this does not say.");
        return 0;
    }

    private static async Task<AppManifest> ReadAsync(PrivChainConnection connection, Enrolment enrolment, CancellationToken cancellation)
    {
        var document = await connection.GetDocumentAsync(enrolment.Profile, cancellation).ConfigureAwait(false);
        return AppManifest.TryParse(document.Span, out var manifest) && manifest.Digest == enrolment.Subject
            ? manifest
            : throw new RefusalException(new Refusal(RefusalReason.Malformed, $"entry {enrolment.Index} enrols something that is no manifest"));
    }

    private static Argument<Uri?> MakeAddress()
    {
        const string Wanted = "URL: wanted http:// or https://, a host and nothing after it";
        return new Argument<Uri?>("URL")
        {
            Description = "Where the app is served, such as http://127.0.0.1:7601/.",
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result =>
            {
                if (result.Tokens is [var token] && Uri.TryCreate(token.Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
                    && address.UserInfo.Length == 0 && address.AbsolutePath == "/")
                {
                    // A link with the ledger's id after it is what people have at hand.
                    return new Uri(address.GetLeftPart(UriPartial.Authority));
                }

                result.AddError(Wanted);
                return null;
            },
        };
    }
}
