using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Documents;

/// <summary>
/// What a citizen leaves with the node beside the consent entry: for each broker a box with its share of the field keys and a box with the
/// consent details. The signed details name the digest of the key boxes, so a node cannot swap them.
/// </summary>
public sealed class ConsentPackage
{
    private const byte LayoutVersion = 1;
    private const int MaxBrokers = 16;
    private const int MaxBox = 256 * 1024;

    /// <param name="boxes">One item for each broker, in the order of <see cref="ConsentDetails.Brokers"/>.</param>
    public ConsentPackage(IReadOnlyList<BrokerBoxes> boxes) => Boxes = boxes;

    /// <summary>Boxes by broker.</summary>
    public IReadOnlyList<BrokerBoxes> Boxes { get; }

    /// <summary>Digest over the brokers and their key boxes, the <c>keyPackage</c> of the details.</summary>
    public Digest KeyBoxesDigest(Suite suite) => DigestOf(suite, Boxes.Select(box => (box.Broker, box.KeyBox)));

    /// <summary>HPKE context of a key box: what is known before the details are complete. The granter is a pseudonym, so it names one relation.</summary>
    public static byte[] KeyContext(Digest ledgerId, Digest contract, AccountAddress granter) =>
        [.. ledgerId.ToArray(), .. contract.ToArray(), .. granter.ToArray()];

    /// <summary>HPKE context of a details box. The salt is inside, so the consent digest takes its place: the details are sealed last.</summary>
    public static byte[] DetailsContext(Digest ledgerId, Digest consent) => [.. ledgerId.ToArray(), .. consent.ToArray()];

    /// <summary>Digest over (broker, key box) pairs in order.</summary>
    public static Digest DigestOf(Suite suite, IEnumerable<(AccountAddress Broker, byte[] KeyBox)> boxes)
    {
        ArgumentNullException.ThrowIfNull(suite);
        var writer = new RecordWriter();
        foreach (var (broker, keyBox) in boxes)
        {
            writer.Address(broker).Block(keyBox);
        }

        return suite.DigestOf(Labels.KeyBoxes, writer.ToArray());
    }

    /// <summary>Layout: version 1, count, then broker, key box and details box of each.</summary>
    public byte[] ToArray()
    {
        var writer = new RecordWriter().Byte(LayoutVersion).Byte((byte)Boxes.Count);
        foreach (var box in Boxes)
        {
            writer.Address(box.Broker).Block(box.KeyBox).Block(box.DetailsBox);
        }

        return writer.ToArray();
    }

    /// <summary>Parses the layout; no broker, a broker twice or an empty box is refused.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ConsentPackage? package)
    {
        package = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var count = reader.Byte();
        var boxes = new List<BrokerBoxes>();
        while (boxes.Count < count && !reader.Failed)
        {
            boxes.Add(new BrokerBoxes(reader.Address(), reader.Block(MaxBox).ToArray(), reader.Block(MaxBox).ToArray()));
        }

        if (!reader.Complete || version != LayoutVersion || count is 0 or > MaxBrokers
            || boxes.Any(box => box.KeyBox.Length == 0 || box.DetailsBox.Length == 0)
            || boxes.Select(box => box.Broker).Distinct().Count() != count)
        {
            return false;
        }

        package = new ConsentPackage(boxes);
        return true;
    }
}
