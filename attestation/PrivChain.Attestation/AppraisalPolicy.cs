using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace PrivChain.Attestation;

/// <summary>What evidence is accepted. Every field is required and silence refuses: an empty list allows nothing.</summary>
public sealed record AppraisalPolicy
{
    private const int MaxText = 64 * 1024;

    /// <summary>Kinds of evidence.</summary>
    public required IReadOnlySet<string> AcceptedKinds { get; init; }

    /// <summary>Must be true, and <see cref="EvidenceKind.Simulated"/> named, for evidence that proves nothing about hardware.</summary>
    public required bool AcceptSimulated { get; init; }

    /// <summary>Measurements: <c>0x</c> and 96 lower-case hex digits each.</summary>
    public required IReadOnlySet<string> Measurements { get; init; }

    /// <summary>Lowest security version.</summary>
    public required ushort MinimumSvn { get; init; }

    /// <summary>True to accept debug enclaves, which anyone on the machine can read.</summary>
    public required bool AllowDebug { get; init; }

    /// <summary>Greatest age in seconds.</summary>
    public required uint MaxAgeSeconds { get; init; }

    /// <summary>Greatest lead of the root's clock in seconds.</summary>
    public required uint MaxFutureSeconds { get; init; }

    /// <summary>Unlike roots wanted over a set of enclaves (<see cref="EvidenceVerifier.CountUnlikeRoots"/>), at least 1.</summary>
    public required int UnlikeRoots { get; init; }

    /// <summary>
    /// Reads a policy file: strict JSON with exactly the members <c>acceptedKinds, acceptSimulated, measurements, minimumSvn, allowDebug, maxAgeSeconds, maxFutureSeconds,
    /// unlikeRoots</c>. Every fault is reported at once.
    /// </summary>
    public static bool TryParse(ReadOnlyMemory<byte> text, [NotNullWhen(true)] out AppraisalPolicy? policy, out IReadOnlyList<string> faults)
    {
        policy = null;
        var found = new List<string>();
        faults = found;
        if (text.Length > MaxText)
        {
            found.Add($"the policy is larger than {MaxText} bytes");
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 4 });
            var reader = new PolicyReader(document.RootElement, found);
            var read = new AppraisalPolicy
            {
                AcceptedKinds = reader.Texts("acceptedKinds", item => item == EvidenceKind.Simulated, "a known kind of evidence"),
                AcceptSimulated = reader.Flag("acceptSimulated"),
                Measurements = reader.Texts("measurements", IsMeasurement, "0x and 96 lower-case hex digits"),
                MinimumSvn = (ushort)reader.Number("minimumSvn", 0, ushort.MaxValue),
                AllowDebug = reader.Flag("allowDebug"),
                MaxAgeSeconds = (uint)reader.Number("maxAgeSeconds", 1, 31_536_000),
                MaxFutureSeconds = (uint)reader.Number("maxFutureSeconds", 0, 86_400),
                UnlikeRoots = (int)reader.Number("unlikeRoots", 1, 16),
            };
            reader.RefuseUnknown();
            if (found.Count == 0)
            {
                policy = read;
            }
        }
        catch (JsonException exception)
        {
            found.Add("not strict JSON: " + exception.Message);
        }
        catch (InvalidOperationException)
        {
            // JsonDocument accepts invalid UTF-8 and fails only when a text is read.
            found.Add("a text is not valid UTF-8");
        }

        return policy is not null;
    }

    private static bool IsMeasurement(string text) =>
        text.Length == 2 + (2 * EnclaveClaims.MeasurementSize) && text.StartsWith("0x", StringComparison.Ordinal) && !text.AsSpan(2).ContainsAnyExcept("0123456789abcdef");
}
