using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>The contract texts that are part of this program, each with a placeholder in the place of the institution.</summary>
public static class ContractTemplates
{
    /// <summary>The texts by name, such as <c>mortgage-precheck</c>.</summary>
    public static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> All { get; } = ContractJson.Embedded("contracts").ToDictionary(
        file => file.Name[..^".json".Length], file => (ReadOnlyMemory<byte>)file.Bytes, StringComparer.Ordinal);

    /// <summary>The text of a template for one institution, ready to be published.</summary>
    public static Verdict<byte[]> For(string name, AccountAddress controller) =>
        All.TryGetValue(name, out var text)
            ? PrivacyContract.WithController(text.Span, controller)
            : Verdict<byte[]>.Refuse(RefusalReason.NotFound, $"no template {TerminalText.Neutralise(name, 64)}; there are {string.Join(", ", All.Keys)}");
}
