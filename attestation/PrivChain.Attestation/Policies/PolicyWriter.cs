using System.Globalization;
using System.Text.Json;

namespace PrivChain.Attestation.Policies;

/// <summary>Writes a policy as the file that <see cref="AppraisalPolicy.TryParse"/> reads.</summary>
internal static class PolicyWriter
{
    private static readonly JsonWriterOptions _options = new() { Indented = true, NewLine = "\n" };

    public static byte[] Write(AppraisalPolicy policy)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, _options))
        {
            writer.WriteStartObject();
            Texts(writer, "acceptedKinds", policy.AcceptedKinds);
            writer.WriteBoolean("acceptSimulated", policy.AcceptSimulated);
            Texts(writer, "measurements", policy.Measurements);
            writer.WriteStartObject("registers");
            foreach (var (name, values) in policy.Registers.OrderBy(register => register.Key, StringComparer.Ordinal))
            {
                Texts(writer, name, values);
            }

            writer.WriteEndObject();
            Objects(writer, "signers", policy.Signers, rule =>
            {
                writer.WriteString("signer", rule.Signer);
                writer.WriteNumber("productId", rule.ProductId);
                writer.WriteNumber("minimumSvn", rule.MinimumSvn);
            });
            writer.WriteNumber("minimumSvn", policy.MinimumSvn);
            Objects(writer, "minimumPlatformVersions", policy.MinimumPlatformVersions, floor =>
            {
                writer.WriteString("chipFamily", floor.ChipFamily);
                writer.WriteString("part", floor.Part);
                writer.WriteNumber("minimum", floor.Minimum);
            });
            writer.WriteString("minimumTcb", policy.MinimumTcb.ToString());
            Objects(writer, "advisoryExceptions", policy.AdvisoryExceptions, exception =>
            {
                writer.WriteString("id", exception.Id);
                writer.WriteString("until", Day(exception.Until));
            });
            writer.WriteBoolean("allowDebug", policy.AllowDebug);
            Texts(writer, "acceptedConditions", policy.AcceptedConditions);
            Texts(writer, "deniedChipFamilies", policy.DeniedChipFamilies);
            if (policy.HardwareIds is { } ids)
            {
                Texts(writer, "hardwareIds", ids);
            }
            else
            {
                writer.WriteString("hardwareIds", "any");
            }

            writer.WriteNumber("maxAgeSeconds", policy.MaxAgeSeconds);
            writer.WriteNumber("maxFutureSeconds", policy.MaxFutureSeconds);
            writer.WriteNumber("maxCollateralAgeSeconds", policy.MaxCollateralAgeSeconds);
            writer.WriteNumber("minimumTcbEvaluation", policy.MinimumTcbEvaluation);
            writer.WriteBoolean("requireCrl", policy.RequireCrl);
            writer.WriteBoolean("requireNonce", policy.RequireNonce);
            writer.WriteBoolean("requireSessionBinding", policy.RequireSessionBinding);
            writer.WriteNumber("unlikeRoots", policy.UnlikeRoots);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    // Sets have no order of their own: sorted, a policy has one text.
    private static void Texts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts.Order(StringComparer.Ordinal))
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static void Objects<T>(Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<T> write)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            write(item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    // A file names days, which count to their end in UTC. A moment before the end of its day is written as the day before: written down, an exception never lasts longer.
    private static string Day(DateTimeOffset until)
    {
        var utc = until.UtcDateTime;
        var day = DateOnly.FromDateTime(utc);
        return (utc.TimeOfDay == TimeOnly.MaxValue.ToTimeSpan() || day == DateOnly.MinValue ? day : day.AddDays(-1)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
