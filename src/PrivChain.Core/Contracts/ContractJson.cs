using System.Buffers;
using System.Text.Json;
using PrivChain.Core.Json;

namespace PrivChain.Core.Contracts;

/// <summary>Canonical JSON (RFC 8785) of what our own code writes.</summary>
internal static class ContractJson
{
    public static byte[] Canonical(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        // What was written came through StrictJson once; a refusal here is our own mistake.
        return Jcs.Canonicalize(buffer.WrittenSpan, maxBytes: int.MaxValue, maxDepth: 64).OrThrow();
    }

    /// <summary>The bytes of a file that is part of this program, such as <c>profiles/credit-checking.json</c>.</summary>
    public static IReadOnlyList<(string Name, byte[] Bytes)> Embedded(string folder)
    {
        var assembly = typeof(ContractJson).Assembly;
        var files = new List<(string, byte[])>();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(folder + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            files.Add((name[(folder.Length + 1)..], bytes));
        }

        return files;
    }
}
