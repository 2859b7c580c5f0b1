using System.Text;
using PrivChain.Attestation.Bytes;
using PrivChain.Attestation.Collateral;

namespace PrivChain.Attestation.OpenEnclave;

/// <summary>
/// Open Enclave's endorsements as items of collateral. SGX (<c>oe_endorsements_t</c>, little-endian): version 1 (4), type 2 (4), size of what follows the count (4), count 9 (4), nine offsets into the buffer (4 each), buffer. TDX: Intel's quote
/// verification collateral, flattened: version (4), TEE type 0x81 (4), seven entries of pointer (8, meaningless), size (4) and padding (4), then the seven items. Texts end with a zero byte.
/// </summary>
internal static class Endorsements
{
    private const uint SgxVersion = 1;
    private const uint SgxType = 2;
    private const int SgxCount = 9;
    private const uint TdxTee = 0x81;
    private const int TdxCount = 7;
    private const int MaxSize = 256 * 1024;

    /// <param name="bytes">The endorsements, without attestation header.</param>
    /// <param name="collateral">The items, nothing about them verified.</param>
    /// <param name="created">When they were put together, as their maker says; only SGX has it.</param>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, out CollateralSet collateral, out string? created)
    {
        collateral = CollateralSet.Empty;
        created = null;
        if (bytes.Length > MaxSize)
        {
            return false;
        }

        var reader = new ByteReader(bytes.Span);
        var version = reader.UInt32LittleEndian();
        var type = reader.UInt32LittleEndian();
        return !reader.Failed && (type == TdxTee ? TryTdx(bytes, out collateral) : version == SgxVersion && type == SgxType && TrySgx(bytes, out collateral, out created));
    }

    private static bool TrySgx(ReadOnlyMemory<byte> bytes, out CollateralSet collateral, out string? created)
    {
        collateral = CollateralSet.Empty;
        created = null;
        var reader = new ByteReader(bytes.Span);
        _ = reader.Take(2 * sizeof(uint));
        var size = reader.UInt32LittleEndian();
        if (reader.UInt32LittleEndian() != SgxCount)
        {
            return false;
        }

        var offsets = new uint[SgxCount + 1];
        for (var i = 0; i < SgxCount; i++)
        {
            offsets[i] = reader.UInt32LittleEndian();
        }

        // The size counts the offsets too; they count from their own end.
        var end = reader.Remaining;
        offsets[SgxCount] = (uint)end;
        if (reader.Failed || size != end + (SgxCount * sizeof(uint)) || offsets[0] != 0)
        {
            return false;
        }

        var start = reader.Offset;
        var items = new ReadOnlyMemory<byte>[SgxCount];
        for (var i = 0; i < SgxCount; i++)
        {
            if (offsets[i + 1] < offsets[i] || offsets[i + 1] > end)
            {
                return false;
            }

            items[i] = bytes.Slice(start + (int)offsets[i], (int)(offsets[i + 1] - offsets[i]));
        }

        // Item 0 repeats the version.
        if (items[0].Span is not [1, 0, 0, 0])
        {
            return false;
        }

        collateral = Set(items[1], items[6], items[2], items[4], items[3], items[5]);
        created = Encoding.ASCII.GetString(Text(items[8]).Span);
        return true;
    }

    private static bool TryTdx(ReadOnlyMemory<byte> bytes, out CollateralSet collateral)
    {
        collateral = CollateralSet.Empty;
        var reader = new ByteReader(bytes.Span);
        _ = reader.Take(2 * sizeof(uint));
        var sizes = new uint[TdxCount];
        for (var i = 0; i < TdxCount; i++)
        {
            _ = reader.UInt64LittleEndian();
            sizes[i] = reader.UInt32LittleEndian();
            reader.Zeros(sizeof(uint));
        }

        var items = new ReadOnlyMemory<byte>[TdxCount];
        for (var i = 0; i < TdxCount; i++)
        {
            var start = reader.Offset;
            items[i] = bytes.Slice(start, reader.Take(sizes[i]).Length);
        }

        if (!reader.Complete)
        {
            return false;
        }

        collateral = Set(items[4], items[6], items[3], Decoded(items[1]), Decoded(items[2]), items[0]);
        return true;
    }

    private static CollateralSet Set(
        ReadOnlyMemory<byte> tcbInfo, ReadOnlyMemory<byte> qeIdentity, ReadOnlyMemory<byte> signingChain, ReadOnlyMemory<byte> rootCrl, ReadOnlyMemory<byte> pckCrl, ReadOnlyMemory<byte> crlChain) => new(
    [
        new(CollateralName.TcbInfo, Text(tcbInfo)),
        new(CollateralName.QeIdentity, Text(qeIdentity)),
        new(CollateralName.TcbSigningChain, Text(signingChain)),
        new(CollateralName.RootCaCrl, List(rootCrl)),
        new(CollateralName.PckCrl, List(pckCrl)),
        new(CollateralName.PckCrlIssuerChain, Text(crlChain)),
    ]);

    private static ReadOnlyMemory<byte> Text(ReadOnlyMemory<byte> item) => item.Span is [.., 0] ? item[..^1] : item;

    // A DER list is as long as it says; one zero byte behind it is the terminator of a text that it is not.
    private static ReadOnlyMemory<byte> List(ReadOnlyMemory<byte> item) =>
        item.Span is [0x30, 0x82, var high, var low, ..] && item.Length == (high << 8) + low + 5 && item.Span[^1] == 0 ? item[..^1] : item.Span is [0x30, ..] ? item : Text(item);

    // Intel's collateral version 3.0 carries lists as hex digits, 3.1 as DER.
    private static ReadOnlyMemory<byte> Decoded(ReadOnlyMemory<byte> item)
    {
        var text = Text(item).Span;
        var der = new byte[text.Length / 2];
        return item.Span is not [0x30, 0x82, ..] && text.Length % 2 == 0 && Convert.FromHexString(Encoding.ASCII.GetString(text), der, out _, out _) == System.Buffers.OperationStatus.Done ? der : item;
    }
}
