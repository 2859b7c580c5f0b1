using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;

namespace PrivChain.Core.Documents;

/// <summary>
/// The public profile of a key broker, named by its enrolment: account, HPKE key, the evidence under which both were made, and who runs it. Governors sign its digest, so that is their word; who the
/// operator is, its own enrolment and certificate say.
/// </summary>
public sealed record BrokerProfile
{
    private const byte LayoutVersion = 1;
    private const byte WithOperator = 2;
    private const int MaxKey = 4096;
    private const int MaxEvidence = 48 * 1024;

    /// <summary>The broker's account.</summary>
    public required AccountAddress Account { get; init; }

    /// <summary>The broker's HPKE key.</summary>
    public required HpkePublicKey EncryptionKey { get; init; }

    /// <summary>Evidence that binds both to an enclave of this ledger.</summary>
    public required ReadOnlyMemory<byte> Evidence { get; init; }

    /// <summary>The ledger account of the organisation that runs the enclave; null where governors named none.</summary>
    public AccountAddress? Operator { get; init; }

    /// <summary>Layout: version 1, account, key block, evidence block; version 2 has the operator's account after these.</summary>
    public byte[] ToArray()
    {
        var writer = new RecordWriter().Byte(Operator is null ? LayoutVersion : WithOperator).Address(Account).Block(EncryptionKey.ToArray()).Block(Evidence.Span);
        return (Operator is { } account ? writer.Address(account) : writer).ToArray();
    }

    /// <summary>Parses the layout; the evidence is not judged here.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out BrokerProfile? profile)
    {
        profile = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var account = reader.Address();
        var keyBytes = reader.Block(MaxKey);
        var evidence = reader.Block(MaxEvidence).ToArray();
        AccountAddress? runs = version == WithOperator ? reader.Address() : null;
        if (!reader.Complete || version is not (LayoutVersion or WithOperator) || runs == AccountAddress.Zero || !HpkePublicKey.TryParse(keyBytes, out var key))
        {
            return false;
        }

        profile = new BrokerProfile { Account = account, EncryptionKey = key, Evidence = evidence, Operator = runs };
        return true;
    }
}
