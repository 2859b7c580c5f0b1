using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Consent;

namespace PrivChain.App.Wallets;

/// <summary>A yes or a taking back that was signed here and that the ledger has not acknowledged.</summary>
/// <param name="IsConsent">True for a consent, false for a revocation.</param>
/// <param name="Consent">Digest of the consent.</param>
/// <param name="Who">Who asked, as it was shown.</param>
/// <param name="What">Title of the contract, as it was shown.</param>
/// <param name="SignedAt">When it was signed.</param>
/// <param name="Content">The signed consent, or the entry.</param>
/// <param name="Refusal">Why the ledger or the node refused it; none while it waits.</param>
internal sealed record WaitingAct(bool IsConsent, Digest Consent, string Who, string What, DateTimeOffset SignedAt, byte[] Content, RefusalReason Refusal)
{
    private const byte LayoutVersion = 1;
    private const int MaxText = 4096;
    private const int MaxContent = 2 * 1024 * 1024;

    public static async Task<WaitingAct> RevokeAsync(CitizenClient citizen, OwnConsent consent, string who, DateTimeOffset now) =>
        new(false, consent.Digest, who, ConsentText.Title(consent), now, (await citizen.SignRevocationAsync(consent)).ToArray(), RefusalReason.None);

    public static byte[] Write(IReadOnlyCollection<WaitingAct> acts)
    {
        var writer = new RecordWriter().Byte(LayoutVersion).UInt16((ushort)acts.Count);
        foreach (var act in acts)
        {
            writer.Byte(act.IsConsent ? (byte)1 : (byte)0).Digest(act.Consent).Text(act.Who).Text(act.What).UInt64((ulong)act.SignedAt.ToUnixTimeSeconds()).Block(act.Content).UInt32((uint)act.Refusal);
        }

        return writer.ToArray();
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out List<WaitingAct>? acts)
    {
        acts = [];
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        for (var count = reader.UInt16(); count > 0 && !reader.Failed; count--)
        {
            var kind = reader.Byte();
            var consent = reader.Digest();
            var who = reader.Text(MaxText);
            var what = reader.Text(MaxText);
            var signedAt = reader.UInt64();
            var content = reader.Block(MaxContent).ToArray();
            var refusal = (RefusalReason)reader.UInt32();
            if (kind > 1 || signedAt > UnixLimit || !Enum.IsDefined(refusal))
            {
                reader.Refuse();
                break;
            }

            acts.Add(new WaitingAct(kind == 1, consent, who, what, DateTimeOffset.FromUnixTimeSeconds((long)signedAt), content, refusal));
        }

        if (reader.Complete && version == LayoutVersion)
        {
            return true;
        }

        acts = null;
        return false;
    }

    // The last second that a date can have.
    private static ulong UnixLimit => (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds();
}
