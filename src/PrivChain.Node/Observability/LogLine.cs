using System.Globalization;
using System.Text.Json;

namespace PrivChain.Node.Observability;

/// <summary>
/// One event as a line of JSON: <c>time, level, category, event, name</c>, then the event's own fields with their types. Of events that are not ours (the web server's, say) the number and
/// name alone are written: nobody has promised what their texts hold. Of an exception, its type: messages quote what they failed on.
/// </summary>
internal static class LogLine
{
    private const string Ours = "PrivChain.";

    public static byte[] Of(
        DateTimeOffset time, LogLevel level, string category, EventId id, IReadOnlyList<KeyValuePair<string, object?>> fields, Exception? exception)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("time", time.UtcDateTime);
            writer.WriteString("level", level.ToString());
            writer.WriteString("category", category);
            writer.WriteNumber("event", id.Id);
            writer.WriteString("name", id.Name);
            foreach (var (name, value) in category.StartsWith(Ours, StringComparison.Ordinal) ? fields : [])
            {
                // The template of the text is the name once more.
                if (name != "{OriginalFormat}")
                {
                    writer.WritePropertyName(JsonNamingPolicy.CamelCase.ConvertName(name));
                    Write(writer, value);
                }
            }

            if (exception is not null)
            {
                writer.WriteString("exception", exception.GetType().FullName);
            }

            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case int or long:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ulong number:
                writer.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(Math.Round(number, 3));
                break;
            default:
                writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
