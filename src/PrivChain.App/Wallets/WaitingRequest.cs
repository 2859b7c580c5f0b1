using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;

namespace PrivChain.App.Wallets;

/// <summary>A request that nobody had answered when it was kept: enough to look for its answer again.</summary>
/// <param name="Contact">The person's contact, as text: it is verified when it is read back.</param>
/// <param name="Request">Digest of the request.</param>
/// <param name="Contract">Digest of the contract under which it asks.</param>
/// <param name="At">When it was sent.</param>
/// <param name="Message">The line to the person, by which a clerk tells requests apart; may be empty.</param>
internal sealed record WaitingRequest(string Contact, Digest Request, Digest Contract, DateTimeOffset At, string Message)
{
    private const byte LayoutVersion = 2;

    // Without the message.
    private const byte FirstVersion = 1;

    private const int MaxText = 16 * 1024;

    public static byte[] Write(IReadOnlyCollection<WaitingRequest> requests)
    {
        var writer = new RecordWriter().Byte(LayoutVersion).UInt16(checked((ushort)requests.Count));
        foreach (var request in requests)
        {
            writer.Text(request.Contact).Digest(request.Request).Digest(request.Contract).UInt64((ulong)request.At.ToUnixTimeSeconds()).Text(request.Message);
        }

        return writer.ToArray();
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out List<WaitingRequest>? requests)
    {
        requests = [];
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        for (var count = reader.UInt16(); count > 0 && !reader.Failed; count--)
        {
            var contact = reader.Text(MaxText);
            var request = reader.Digest();
            var contract = reader.Digest();
            var at = reader.UInt64();
            var message = version == FirstVersion ? string.Empty : reader.Text(MaxText);
            if (!UnixTime.IsDate(at))
            {
                reader.Refuse();
                break;
            }

            requests.Add(new WaitingRequest(contact, request, contract, UnixTime.Date(at), message));
        }

        if (reader.Complete && version is FirstVersion or LayoutVersion)
        {
            return true;
        }

        requests = null;
        return false;
    }
}
