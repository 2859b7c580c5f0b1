using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Contracts;

/// <summary>What a form needs beside the value. The caller gives the day, since the rules have no clock.</summary>
public sealed class FormContext
{
    /// <summary>The day for which ages are computed.</summary>
    public required DateOnly Today { get; init; }

    /// <summary>The controller who will see the result.</summary>
    public required AccountAddress Controller { get; init; }

    /// <summary>The person's secret for pseudonyms, at least 16 bytes. Left empty, the <c>pseudonym</c> form is refused. The caller owns and wipes it.</summary>
    public ReadOnlyMemory<byte> PseudonymSecret { get; init; }

    /// <summary>The ledger's suite, whose HMAC makes pseudonyms.</summary>
    public Suite Suite { get; init; } = Suite.International;
}
