namespace PrivChain.Core.Contracts;

/// <summary>A contract in plain words. Every text is safe to print: what came from outside is neutralised, and there is no markup.</summary>
public sealed class RenderedContract
{
    /// <summary>The language of all texts.</summary>
    public required DisplayLanguage Language { get; init; }

    /// <summary>The title.</summary>
    public required string Title { get; init; }

    /// <summary>Who asks.</summary>
    public required string Who { get; init; }

    /// <summary>What for.</summary>
    public required string Purpose { get; init; }

    /// <summary>On which legal basis.</summary>
    public required string LegalBasis { get; init; }

    /// <summary>What will be seen, field by field.</summary>
    public required IReadOnlyList<RenderedField> Seen { get; init; }

    /// <summary>What will not be seen: the other fields of the records named, and everything else.</summary>
    public required IReadOnlyList<string> NotSeen { get; init; }

    /// <summary>Whose word counts, record by record: an issuer's, or the person's own too.</summary>
    public required IReadOnlyList<string> Vouching { get; init; }

    /// <summary>How long, how often, how long kept, for how much.</summary>
    public required IReadOnlyList<string> Limits { get; init; }

    /// <summary>Which machines may compute it.</summary>
    public required IReadOnlyList<string> Enclave { get; init; }

    /// <summary>All of it as lines of text.</summary>
    public string ToText()
    {
        string Words(string key, params ReadOnlySpan<string> values) => ContractWords.In(Language, key, values);
        List<string> lines = [Title, Words("head.who", Who), Words("head.purpose", Purpose), Words("head.basis", LegalBasis), "", Words("head.seen")];
        foreach (var field in Seen)
        {
            var line = Words("field", field.Record, field.Title, field.What);
            line = field.Optional ? Words("field.optional", line) : line;
            lines.Add("  + " + (field.Example is null ? line : Words("field.example", line, field.Example)));
        }

        lines.AddRange(["", Words("head.not-seen"), .. NotSeen.Select(line => "  - " + line)]);
        lines.AddRange(["", Words("head.vouching"), .. Vouching.Select(line => "  " + line)]);
        lines.AddRange(["", Words("head.limits"), .. Limits.Select(line => "  " + line)]);
        lines.AddRange(["", Words("head.enclave"), .. Enclave.Select(line => "  " + line)]);
        return string.Join('\n', lines) + "\n";
    }
}
