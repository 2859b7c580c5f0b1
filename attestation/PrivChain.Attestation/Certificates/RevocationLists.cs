using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Attestation.Certificates;

/// <summary>Reads several revocation lists that arrive together.</summary>
internal static class RevocationLists
{
    /// <summary>All lists of PEM text, or the one of DER bytes.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out IReadOnlyList<RevocationList>? lists)
    {
        lists = null;
        IReadOnlyList<ReadOnlyMemory<byte>>? ders = [bytes];
        if (PemText.IsPem(bytes.Span) && !PemText.TryReadBlocks(bytes.Span, "X509 CRL", out ders))
        {
            return false;
        }

        var parsed = new List<RevocationList>(ders.Count);
        foreach (var der in ders)
        {
            if (!RevocationList.TryParse(der, out var list))
            {
                return false;
            }

            parsed.Add(list);
        }

        lists = parsed;
        return true;
    }
}
