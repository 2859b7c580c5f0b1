using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.App.Wallets;

/// <summary>A yes or a taking back that was signed here and that the ledger has not acknowledged.</summary>
/// <param name="IsConsent">True for a consent, false for a revocation.</param>
/// <param name="Consent">Digest of the consent.</param>
/// <param name="Who">Who asked, as it was shown.</param>
/// <param name="What">Title of the contract, as it was shown.</param>
/// <param name="SignedAt">When it was signed.</param>
/// <param name="Content">The signed consent, or the entry.</param>
/// <param name="Refusal">Why the ledger or the node refused it; none while it waits.</param>
/// <param name="WentOut">True when it was sent, so that the node may have it.</param>
internal sealed record WaitingAct(
    bool IsConsent, Digest Consent, string Who, string What, DateTimeOffset SignedAt, byte[] Content, RefusalReason Refusal = RefusalReason.None, bool WentOut = false)
{
    private const byte LayoutVersion = 2;

    // Without the mark of having been sent.
    private const byte FirstVersion = 1;
    private const byte ConsentBit = 1;
    private const byte WentOutBit = 2;
    private const int MaxText = 4096;
    private const int MaxContent = 2 * 1024 * 1024;

    /// <summary>There is one of each for a consent.</summary>
    public (bool IsConsent, Digest Consent) Key => (IsConsent, Consent);

    /// <summary>Tells two signings of the same apart: another window may have signed anew what was taken out here.</summary>
    public (bool IsConsent, Digest Consent, Digest Content) Id => (IsConsent, Consent, Digest.OfSha256(Content));

    public static byte[] Write(IReadOnlyCollection<WaitingAct> acts)
    {
        var writer = new RecordWriter().Byte(LayoutVersion).UInt16((ushort)acts.Count);
        foreach (var act in acts)
        {
            writer.Byte((byte)((act.IsConsent ? ConsentBit : 0) | (act.WentOut ? WentOutBit : 0))).Digest(act.Consent).Text(act.Who).Text(act.What).UInt64((ulong)act.SignedAt.ToUnixTimeSeconds()).Block(act.Content).UInt32((uint)act.Refusal);
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
            if (kind > (version == FirstVersion ? ConsentBit : ConsentBit | WentOutBit) || !UnixTime.IsDate(signedAt) || !Enum.IsDefined(refusal))
            {
                reader.Refuse();
                break;
            }

            // Nobody knows of the first ones whether they were sent.
            acts.Add(new WaitingAct((kind & ConsentBit) != 0, consent, who, what, UnixTime.Date(signedAt), content, refusal, version == FirstVersion || (kind & WentOutBit) != 0));
        }

        if (reader.Complete && version is FirstVersion or LayoutVersion)
        {
            return true;
        }

        acts = null;
        return false;
    }
}
