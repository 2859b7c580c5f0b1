using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.Start;

/// <summary>What the program says to whoever started it: one JSON object on one line for each event, public values only.</summary>
internal static class StatusLine
{
    /// <summary>Writes an event to standard output.</summary>
    public static void Say(string happened, params ReadOnlySpan<(string Name, string Value)> members) => Console.Out.WriteLine(Text("event", happened, members));

    /// <summary>Writes a refusal to standard error and gives the exit code.</summary>
    public static int Refuse(Refusal refusal)
    {
        Console.Error.WriteLine(Text("refused", refusal.Reason.ToString(), [("detail", refusal.Detail)]));
        return (int)refusal.Reason;
    }

    private static string Text(string kind, string what, ReadOnlySpan<(string Name, string Value)> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString(kind, what);
            foreach (var (name, value) in members)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
