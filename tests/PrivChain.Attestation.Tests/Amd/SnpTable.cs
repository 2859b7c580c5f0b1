using System.Buffers.Binary;

namespace PrivChain.Attestation.Tests.Amd;

/// <summary>Writes a certificate table as a host does.</summary>
internal static class SnpTable
{
    public const string Vcek = "63da758de6644564adc5f4b93be8accd";
    public const string Vlek = "a8074bc2a25a483eaae639c045a0b8a1";
    public const string Ask = "4ab7b379bbac4fe4a02f05aef327c782";

    private const int EntrySize = 24;

    public static byte[] Of(params (string Guid, byte[] Item)[] items)
    {
        var header = new byte[(items.Length + 1) * EntrySize];
        var body = new List<byte>();
        for (var i = 0; i < items.Length; i++)
        {
            var entry = header.AsSpan(i * EntrySize);
            Convert.FromHexString(items[i].Guid).CopyTo(entry);
            BinaryPrimitives.WriteInt32LittleEndian(entry[16..], header.Length + body.Count);
            BinaryPrimitives.WriteInt32LittleEndian(entry[20..], items[i].Item.Length);
            body.AddRange(items[i].Item);
        }

        return [.. header, .. body];
    }
}
