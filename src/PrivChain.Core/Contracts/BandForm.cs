using System.Collections.Immutable;
using System.Text.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>
/// Only the band in which the number lies. Bands are half open: the lower edge belongs to the band, the upper one to the next, so with
/// edges 5000 and 10000 there are "below 5000", "5000 to under 10000" and "10000 or more".
/// </summary>
public sealed class BandForm : FieldForm
{
    internal const int MaximumEdges = 64;

    internal BandForm(ImmutableArray<decimal> edges) => Edges = edges;

    /// <summary>The edges, strictly ascending, 1 to 64.</summary>
    public ImmutableArray<decimal> Edges { get; }

    /// <inheritdoc/>
    public override string Name => "band";

    /// <inheritdoc/>
    public override int? DistinguishableAnswers => Edges.Length + 1;

    /// <inheritdoc/>
    public override bool AppliesTo(FieldType type) => type is FieldType.Number or FieldType.Integer;

    private protected override Verdict<FormResult> ApplyTo(JsonElement value, FormContext context)
    {
        if (!ExactNumber.TryRead(value, out var number))
        {
            return NotApplicable("a number");
        }

        var above = 0;
        while (above < Edges.Length && Edges[above] <= number)
        {
            above++;
        }

        return FormResult.OfBand(above == 0 ? null : Edges[above - 1], above == Edges.Length ? null : Edges[above]);
    }

    private protected override void WriteParameters(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("edges");
        foreach (var edge in Edges)
        {
            writer.WriteRawValue(ExactNumber.Text(edge));
        }

        writer.WriteEndArray();
    }
}
