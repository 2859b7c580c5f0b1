using System.Text;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Trail;

namespace PrivChain.App.Wallets;

/// <summary>All of a person's data and history as one zip file: the data in the clear, a receipt for each use, and the whole trail.</summary>
/// <param name="Content">The file.</param>
/// <param name="Missing">Why the first thing that is not in it could not be had: a record, an own copy, a receipt; null when all are in it.</param>
/// <param name="TrailMissing">Why the trail is not in it; null when it is.</param>
internal sealed record Archive(byte[] Content, Refusal? Missing, Refusal? TrailMissing)
{
    public static async Task<Archive> MakeAsync(Session session)
    {
        var export = await session.Citizen.ExportAsync();
        var files = new List<(string, ReadOnlyMemory<byte>)> { ("my-data.json", export.Json) };
        var missing = export.Missing;
        foreach (var answer in (await session.Citizen.ConsentsAsync()).SelectMany(consent => consent.Answers))
        {
            try
            {
                files.Add(("receipts/" + NameOf(answer), Encoding.UTF8.GetBytes((await session.Citizen.GetReceiptAsync(answer)).ToJson())));
            }
            catch (RefusalException exception) when (!Reachability.IsAway(exception.Reason))
            {
                // The rest is worth having without it.
                missing ??= exception.Refusal;
            }
        }

        var trail = new MemoryTrail();
        Refusal? trailMissing = null;
        try
        {
            await TrailExporter.ExportAsync(session.Connection!, trail);
        }
        catch (RefusalException exception) when (!Reachability.IsAway(exception.Reason))
        {
            // One document of anybody's that the site keeps back: half a trail proves nothing, and one's own data is wanted all the same.
            trail = new MemoryTrail();
            trailMissing = exception.Refusal;
        }

        return new Archive(TrailArchive.Write(trail, files), missing, trailMissing);
    }

    /// <summary>Name of the receipt's file, by the use.</summary>
    public static string NameOf(AnswerCopy answer) => $"receipt-{answer.Core.Use.ToString()[2..18]}.json";
}
