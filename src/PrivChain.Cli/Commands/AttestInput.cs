using System.CommandLine;
using System.Globalization;
using PrivChain.Attestation;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Collateral.Files;
using PrivChain.Attestation.Evidence;
using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Commands;

/// <summary>Options of <c>attest</c>, and what is read from them: evidence, collateral, time, binding.</summary>
internal static class AttestInput
{
    public static Option<string> Evidence { get; } = new("--evidence") { Description = "The evidence: as hardware or a service hands it out, or in our envelope.", HelpName = "FILE", Required = true };

    public static Option<string?> Kind { get; } = MakeKind();

    public static Option<string[]> Part { get; } = new("--part")
    {
        Description = "Another part of the evidence, such as signature=quote.sig, or 0x and its bytes in hex; may be given several times, and wants --kind.", HelpName = "NAME=FILE", DefaultValueFactory = _ => [],
    };

    public static Option<string?> Collateral { get; } = new("--collateral") { Description = "What vendors say: a folder with one file for each item, or a bundle.", HelpName = "DIR|BUNDLE" };

    public static Option<DateTimeOffset?> At { get; } = new("--at")
    {
        Description = "The time of verification, such as 2026-01-31T12:00:00Z; now if absent.", HelpName = "TIME",
        CustomParser = result =>
        {
            if (result.Tokens is [var token] && DateTimeOffset.TryParseExact(
                token.Value, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
            {
                return at;
            }

            result.AddError("--at: wanted a time such as 2026-01-31T12:00:00Z");
            return null;
        },
    };

    public static Option<byte[]?> Nonce { get; } = Hex("--nonce", "The nonce that the evidence was asked for with.");

    public static Option<byte[]?> ReportData { get; } = Hex("--report-data", "The report data that it has to bind; zeros after it are taken for padding.");

    public static Option<bool> MadeOfNonce { get; } = new("--made-of-nonce")
    {
        Description = "The report data was made of a nonce of yours, for this very question. Without it, report data shows no age, and a policy that requires a nonce refuses.",
    };

    /// <summary>The options that name evidence and what it is judged with.</summary>
    public static Symbol[] Judging { get; } = [Evidence, Kind, Part, Collateral, .. AttestRoots.Options, At];

    /// <summary>Parses the evidence that the options name, and gives the collateral that came along with it.</summary>
    public static (AttestationVerdict<ReceivedEvidence> Parsed, CollateralSet CameAlong) Read(CommandRun run, string path)
    {
        var bytes = Common.ReadFile(path, EndorsedEvidence.MaxSize);
        if (!EndorsedEvidence.TryParse(bytes, out var endorsed))
        {
            throw new RefusalException(new Refusal(RefusalReason.Malformed, $"{path}: evidence with collateral that does not read"));
        }

        var parts = run.Optional(Part) ?? [];
        if (run.Optional(Kind) is not { } kind)
        {
            return parts.Length == 0
                ? (ReceivedEvidence.ParseAny(endorsed.Envelope.Span), endorsed.Collateral)
                : throw new RefusalException(new Refusal(RefusalReason.BadSettings, "--part wants --kind"));
        }

        // An envelope names its kind itself; another one on the command line would be a second truth.
        return endorsed.Envelope.Span.StartsWith("PCEV"u8) && parts.Length == 0
            ? (ReceivedEvidence.ParseAny(endorsed.Envelope.Span) is { Value: { } read } && read.Kind != kind
                ? throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"{path}: an envelope of kind {read.Kind}, --kind says {kind}"))
                : ReceivedEvidence.ParseAny(endorsed.Envelope.Span), endorsed.Collateral)
            : (ReceivedEvidence.Parse(kind, Parts(endorsed.Envelope, parts)), endorsed.Collateral);
    }

    /// <summary>What the caller has of vendors' statements; empty without the option.</summary>
    public static CollateralSet ReadCollateral(CommandRun run)
    {
        if (run.Optional(Collateral) is not { } path)
        {
            return CollateralSet.Empty;
        }

        var read = Directory.Exists(path)
            ? CollateralFolder.TryRead(path, out var set, out var fault)
            : CollateralBundle.TryParse(Common.ReadFile(path, CollateralBundle.MaxSize), out set, out fault);
        return read ? set! : throw new RefusalException(new Refusal(RefusalReason.MalformedCollateral, $"{path}: {fault}"));
    }

    public static DateTimeOffset Time(CommandRun run) => run.Optional(At) ?? run.Time.GetUtcNow();

    /// <summary>What the evidence has to bind. An option of bytes that was not typed comes as an empty array.</summary>
    public static ExpectedBinding Binding(CommandRun run) => (run.Optional(Nonce), run.Optional(ReportData)) switch
    {
        ({ Length: > 0 }, { Length: > 0 }) =>
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "--nonce or --report-data, not both: where there is no place for a nonce of its own, report data has it")),
        ({ Length: > 0 } nonce, _) => ExpectedBinding.Nonce(nonce),
        (_, { Length: > 0 } reportData) => ExpectedBinding.ReportData(reportData, run.Optional(MadeOfNonce)),
        _ when run.Optional(MadeOfNonce) => throw new RefusalException(new Refusal(RefusalReason.BadSettings, "--made-of-nonce says something about --report-data, which is not there")),
        _ => ExpectedBinding.Nothing,
    };

    /// <summary>The reason in the platform's list: the numbers are the same.</summary>
    public static Refusal ToRefusal(AttestationFault fault) => new((RefusalReason)(int)fault.Reason, $"{fault.Field}: wanted {fault.Wanted}, given {fault.Given}");

    private static EvidenceParts Parts(ReadOnlyMemory<byte> main, string[] named)
    {
        var parts = new List<KeyValuePair<string, ReadOnlyMemory<byte>>> { new(EvidenceParts.Main, main) };
        foreach (var part in named)
        {
            var (name, path) = Split(part, "--part");
            parts.Add(new(name.Replace('_', '-'), path.StartsWith("0x", StringComparison.Ordinal) ? InHex(path) : Common.ReadFile(path, ReceivedEvidence.MaxSize)));
        }

        try
        {
            return new EvidenceParts(parts);
        }
        catch (ArgumentException exception)
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "--part: " + exception.Message));
        }
    }

    public static (string Name, string Value) Split(string text, string option)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0 ? (text[..at], text[(at + 1)..]) : throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"{option}: wanted NAME=FILE, given {text}"));
    }

    // Short parts, such as a format id or report data, need no file of their own. A file of such a name is ./0x….
    private static byte[] InHex(string text)
    {
        var bytes = new byte[(text.Length - 2) / 2];
        return bytes.Length > 0 && Convert.FromHexString(text.AsSpan(2), bytes, out _, out _) == System.Buffers.OperationStatus.Done
            ? bytes
            : throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"--part: {text} is not hex"));
    }

    private static Option<string?> MakeKind()
    {
        var option = new Option<string?>("--kind") { Description = "The kind of evidence, where its bytes do not tell.", HelpName = "KIND" };
        option.AcceptOnlyFromAmong([.. EvidenceKind.All]);
        return option;
    }

    private static Option<byte[]?> Hex(string name, string description) => new(name)
    {
        Description = description, HelpName = "HEX",
        CustomParser = result =>
        {
            var text = result.Tokens is [var token] ? token.Value : string.Empty;
            var digits = text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
            var bytes = new byte[digits.Length / 2];
            if (bytes.Length is > 0 and <= SessionBinding.MaxNonce && Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done)
            {
                return bytes;
            }

            result.AddError($"{name}: wanted 1 to {SessionBinding.MaxNonce} bytes in hex");
            return null;
        },
    };
}
