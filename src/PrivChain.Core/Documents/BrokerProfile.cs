using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;

namespace PrivChain.Core.Documents;

/// <summary>The public profile of a key broker, named by its enrolment: account, HPKE key, and the evidence under which both were made.</summary>
public sealed record BrokerProfile
{
    private const byte LayoutVersion = 1;
    private const int MaxKey = 4096;
    private const int MaxEvidence = 48 * 1024;

    /// <summary>The broker's account.</summary>
    public required AccountAddress Account { get; init; }

    /// <summary>The broker's HPKE key.</summary>
    public required HpkePublicKey EncryptionKey { get; init; }

    /// <summary>Evidence that binds both to an enclave of this ledger.</summary>
    public required ReadOnlyMemory<byte> Evidence { get; init; }

    /// <summary>Layout: version 1, account, key block, evidence block.</summary>
    public byte[] ToArray() =>
        new RecordWriter().Byte(LayoutVersion).Address(Account).Block(EncryptionKey.ToArray()).Block(Evidence.Span).ToArray();

    /// <summary>Parses the layout; the evidence is not judged here.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out BrokerProfile? profile)
    {
        profile = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var account = reader.Address();
        var keyBytes = reader.Block(MaxKey);
        var evidence = reader.Block(MaxEvidence).ToArray();
        if (!reader.Complete || version != LayoutVersion || !HpkePublicKey.TryParse(keyBytes, out var key))
        {
            return false;
        }

        profile = new BrokerProfile { Account = account, EncryptionKey = key, Evidence = evidence };
        return true;
    }
}
