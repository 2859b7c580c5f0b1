using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Policies;

/// <summary>What evidence is accepted. Every field is required and silence refuses: an empty list allows nothing.</summary>
public sealed record AppraisalPolicy
{
    /// <summary>Largest policy file in bytes.</summary>
    public const int MaxText = 64 * 1024;

    private const int DepthLimit = 4;

    /// <summary>Kinds of evidence, of <see cref="EvidenceKind"/>.</summary>
    public required IReadOnlySet<string> AcceptedKinds { get; init; }

    /// <summary>Must be true, and <see cref="EvidenceKind.Simulated"/> named, for evidence that proves nothing about hardware.</summary>
    public required bool AcceptSimulated { get; init; }

    /// <summary>Measurements: <c>0x</c> and 96 lower-case hex digits each. A program passes by its measurement or by a rule of <see cref="Signers"/>.</summary>
    public required IReadOnlySet<string> Measurements { get; init; }

    /// <summary>
    /// Registers and layers that must have one of these values each, by their names among <see cref="EnclaveClaims.Measurements"/> (<c>rtmr1</c>, <c>pcr4</c>, <c>fwid0</c>, <c>mrconfigid</c>): <c>0x</c> and lower-case hex. One that is named must be
    /// there; one that is not is not looked at.
    /// </summary>
    public required IReadOnlyDictionary<string, IReadOnlySet<string>> Registers { get; init; }

    /// <summary>Signers whose programs pass without their measurement being named.</summary>
    public required IReadOnlyList<SignerRule> Signers { get; init; }

    /// <summary>Lowest security version. Above zero, a format without one is refused.</summary>
    public required uint MinimumSvn { get; init; }

    /// <summary>Lowest security versions of the platform's firmware, for chips of a family that has no status (<see cref="EnclaveClaims.PlatformVersions"/>).</summary>
    public required IReadOnlyList<VersionFloor> MinimumPlatformVersions { get; init; }

    /// <summary>The worst TCB status that passes, in the order of <see cref="TcbStatus"/>; formats without a status pass.</summary>
    public required TcbStatus MinimumTcb { get; init; }

    /// <summary>Advisories that may be open while the status is not UpToDate; each other one refuses.</summary>
    public required IReadOnlyList<AdvisoryException> AdvisoryExceptions { get; init; }

    /// <summary>True to accept debug enclaves, which anyone on the machine can read.</summary>
    public required bool AllowDebug { get; init; }

    /// <summary>Modes of the platform that are borne, of <see cref="EvidenceCondition"/>.</summary>
    public required IReadOnlySet<string> AcceptedConditions { get; init; }

    /// <summary>Families of chips that are refused whatever they prove, such as <c>Milan</c>, whose root keys can be extracted in software since 2026.</summary>
    public required IReadOnlySet<string> DeniedChipFamilies { get; init; }

    /// <summary>Machines that are accepted, <c>0x</c> and lower-case hex; null (in a file <c>"any"</c>) for every machine. Evidence says what runs, only this says where.</summary>
    public required IReadOnlySet<string>? HardwareIds { get; init; }

    /// <summary>Greatest age in seconds, for evidence with a time.</summary>
    public required uint MaxAgeSeconds { get; init; }

    /// <summary>Greatest lead of the root's clock in seconds.</summary>
    public required uint MaxFutureSeconds { get; init; }

    /// <summary>Greatest age of collateral, revocation lists among it, in seconds, though its own next update may be later.</summary>
    public required uint MaxCollateralAgeSeconds { get; init; }

    /// <summary>Lowest <c>tcbEvaluationDataNumber</c> of Intel's collateral: it only grows, and an older file that is still valid would hide what the newer one says.</summary>
    public required uint MinimumTcbEvaluation { get; init; }

    /// <summary>True to refuse certificates that were not checked against their issuers' revocation lists.</summary>
    public required bool RequireCrl { get; init; }

    /// <summary>True to refuse evidence that was not made for a nonce of the asker.</summary>
    public required bool RequireNonce { get; init; }

    /// <summary>True to refuse evidence that binds no session keys (<see cref="SessionBinding"/>).</summary>
    public required bool RequireSessionBinding { get; init; }

    /// <summary>Unlike roots wanted over a set of enclaves (<see cref="EvidenceVerifier.CountUnlikeRoots"/>), at least 1.</summary>
    public required int UnlikeRoots { get; init; }

    /// <summary>
    /// The strictest policy for one kind and measurement: up to date, no debug, no condition, no exception, revocation lists (but for Nitro, which has none), nonce and session keys. Others are made from it with <c>with</c>, so that each loosening can be read.
    /// </summary>
    /// <param name="kind">One of <see cref="EvidenceKind"/>.</param>
    /// <param name="measurement">48 bytes.</param>
    /// <exception cref="ArgumentException">Another length: evidence without a measurement names no program, and a policy that names none would take each of that kind.</exception>
    public static AppraisalPolicy Strict(string kind, ReadOnlySpan<byte> measurement) => new()
    {
        AcceptedKinds = new HashSet<string>(StringComparer.Ordinal) { kind },
        AcceptSimulated = false,
        Measurements = new HashSet<string>(StringComparer.Ordinal) { measurement.Length == EnclaveClaims.MeasurementSize ? Hex(measurement) : throw new ArgumentException($"a measurement has {EnclaveClaims.MeasurementSize} bytes", nameof(measurement)) },
        Registers = new Dictionary<string, IReadOnlySet<string>>(),
        Signers = [],
        MinimumPlatformVersions = [],
        MinimumSvn = 0,
        MinimumTcb = TcbStatus.UpToDate,
        AdvisoryExceptions = [],
        AllowDebug = false,
        AcceptedConditions = new HashSet<string>(),
        DeniedChipFamilies = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "Milan" },
        HardwareIds = null,
        MaxAgeSeconds = 120,
        MaxFutureSeconds = 30,

        // Intel says monthly what a platform is worth. Elsewhere collateral is the lists of roots, which are issued about once a year.
        MaxCollateralAgeSeconds = (EvidenceKind.IsIntel(kind) ? 30u : 365u) * 86_400,
        MinimumTcbEvaluation = 0,

        // AWS has no lists for Nitro's certificates, which live three hours.
        RequireCrl = kind != EvidenceKind.Nitro,
        RequireNonce = true,
        RequireSessionBinding = true,
        UnlikeRoots = 1,
    };

    /// <summary>Reads a policy file: strict JSON with exactly the members of this type, in camel case. Every fault is reported at once; <see cref="PolicyChecker"/> has more to say about a policy that can be read.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> text, [NotNullWhen(true)] out AppraisalPolicy? policy, out IReadOnlyList<string> faults)
    {
        policy = Read(text, out var found);
        faults = [.. found.Select(fault => fault.ToString())];
        return policy is not null;
    }

    /// <summary>The policy as the file that <see cref="TryParse"/> reads. Equal policies are equal files.</summary>
    public byte[] ToJson() => PolicyWriter.Write(this);

    internal static AppraisalPolicy? Read(ReadOnlyMemory<byte> text, out IReadOnlyList<PolicyFinding> faults)
    {
        var found = new List<PolicyFinding>();
        faults = found;
        if (text.Length > MaxText)
        {
            found.Add(Fault("the policy is too large", $"at most {MaxText} bytes"));
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = DepthLimit });
            var read = Read(new PolicyReader(document.RootElement, string.Empty, found));
            return found.Count == 0 ? read : null;
        }
        catch (JsonException exception)
        {
            found.Add(Fault("the policy is not strict JSON", exception.Message));
        }
        catch (InvalidOperationException)
        {
            // JsonDocument accepts invalid UTF-8 and fails only when a text is read.
            found.Add(Fault("a text is not valid UTF-8", "write the file as UTF-8"));
        }

        return null;
    }

    private static PolicyFinding Fault(string what, string remedy) => new(PolicySeverity.Error, string.Empty, what, remedy);

    internal static string Hex(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    private static AppraisalPolicy Read(PolicyReader reader)
    {
        var policy = new AppraisalPolicy
        {
            AcceptedKinds = reader.Texts("acceptedKinds", item => EvidenceKind.All.Contains(item, StringComparer.Ordinal), "a known kind of evidence"),
            AcceptSimulated = reader.Flag("acceptSimulated"),
            Measurements = reader.Texts("measurements", item => IsHex(item, EnclaveClaims.MeasurementSize, EnclaveClaims.MeasurementSize), "0x and 96 lower-case hex digits"),
            Registers = reader.Sets("registers", IsRegister, "1 to 64 printable ASCII characters without a space", item => IsHex(item, 1, 64), "0x and 2 to 128 lower-case hex digits"),
            Signers = reader.Objects("signers", item => new SignerRule(
                item.Text("signer", text => IsHex(text, 32, 64), "0x and 64 to 128 lower-case hex digits"),
                (uint)item.Number("productId", 0, uint.MaxValue),
                (uint)item.Number("minimumSvn", 0, uint.MaxValue))),
            MinimumSvn = (uint)reader.Number("minimumSvn", 0, uint.MaxValue),
            MinimumPlatformVersions = reader.Objects("minimumPlatformVersions", item => new VersionFloor(
                item.Text("chipFamily", IsFamily, "1 to 32 characters, none of them white space"),
                item.Text("part", IsRegister, "1 to 64 printable ASCII characters without a space"),
                (uint)item.Number("minimum", 0, uint.MaxValue))),
            MinimumTcb = reader.Name<TcbStatus>("minimumTcb", status => status is >= TcbStatus.UpToDate and <= TcbStatus.OutOfDateConfigurationNeeded),
            AdvisoryExceptions = reader.Objects("advisoryExceptions", item => new AdvisoryException(item.Text("id", IsAdvisory, "an advisory's id"), item.Date("until"))),
            AllowDebug = reader.Flag("allowDebug"),
            AcceptedConditions = reader.Texts("acceptedConditions", item => EvidenceCondition.All.Contains(item, StringComparer.Ordinal), "a known condition"),
            DeniedChipFamilies = new HashSet<string>(reader.Texts("deniedChipFamilies", IsFamily, "1 to 32 characters, none of them white space"), StringComparer.OrdinalIgnoreCase),
            HardwareIds = reader.TextsOrAny("hardwareIds", item => IsHex(item, 1, 64), "0x and 2 to 128 lower-case hex digits"),
            MaxAgeSeconds = (uint)reader.Number("maxAgeSeconds", 1, 31_536_000),
            MaxFutureSeconds = (uint)reader.Number("maxFutureSeconds", 0, 86_400),
            MaxCollateralAgeSeconds = (uint)reader.Number("maxCollateralAgeSeconds", 1, 31_536_000),
            MinimumTcbEvaluation = (uint)reader.Number("minimumTcbEvaluation", 0, uint.MaxValue),
            RequireCrl = reader.Flag("requireCrl"),
            RequireNonce = reader.Flag("requireNonce"),
            RequireSessionBinding = reader.Flag("requireSessionBinding"),
            UnlikeRoots = (int)reader.Number("unlikeRoots", 1, 16),
        };
        reader.RefuseUnknown();
        return policy;
    }

    private static bool IsHex(string text, int minimum, int maximum) =>
        text.StartsWith("0x", StringComparison.Ordinal) && text.Length % 2 == 0 && (text.Length - 2) / 2 >= minimum && (text.Length - 2) / 2 <= maximum
        && !text.AsSpan(2).ContainsAnyExcept("0123456789abcdef");

    private static bool IsRegister(string text) => text.Length is > 0 and <= 64 && text.All(character => character is > ' ' and <= '~');

    private static bool IsFamily(string text) => text.Length is > 0 and <= 32 && !text.Any(char.IsWhiteSpace);

    private static bool IsAdvisory(string text) => text.Length is > 3 and <= 32 && !text.AsSpan().ContainsAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
}
