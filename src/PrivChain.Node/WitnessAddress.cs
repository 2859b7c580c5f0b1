using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Node;

/// <summary>Where a witness of the genesis is reached.</summary>
/// <param name="Name">Name of its key in the genesis.</param>
/// <param name="Url">Prefix to which <c>/add-checkpoint</c> is added.</param>
public sealed record WitnessAddress(string Name, Uri Url)
{
    /// <summary>What an operator has to write.</summary>
    public const string Form = "NAME=URL";

    /// <summary>Reads <see cref="Form"/>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out WitnessAddress? witness)
    {
        ArgumentNullException.ThrowIfNull(text);
        witness = text.Split('=', 2) is [var name, var address] && Uri.TryCreate(address, UriKind.Absolute, out var url) ? new WitnessAddress(name, url) : null;
        return witness is not null;
    }
}
