using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Security.Certificates;
using Org.BouncyCastle.X509;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Organisations;

/// <summary>
/// Certificate revocation lists (RFC 5280 section 5) that a verifying party has got from the authorities' published addresses. Complete, direct lists only: any other says so in a critical
/// extension and is refused. Nothing about a list is trusted before its signature was checked under a certificate of the chain that it speaks about.
/// </summary>
public sealed class RevocationLists
{
    /// <summary>Largest list in bytes.</summary>
    public const int MaxSize = 4 * 1024 * 1024;

    private static readonly HashSet<string> Understood = [X509Extensions.CrlNumber.Id, X509Extensions.AuthorityKeyIdentifier.Id];

    private readonly IReadOnlyList<X509Crl> _lists;

    private RevocationLists(IReadOnlyList<X509Crl> lists) => _lists = lists;

    /// <summary>No lists: certificates count as not revoked until governors expel whom they belong to.</summary>
    public static RevocationLists None { get; } = new([]);

    /// <summary>Reads lists, DER or PEM, one each. Refuses the first that is not one, is too large, or names no time by which the next is due.</summary>
    public static Verdict<RevocationLists> Parse(IEnumerable<ReadOnlyMemory<byte>> lists)
    {
        ArgumentNullException.ThrowIfNull(lists);
        var parsed = new List<X509Crl>();
        foreach (var bytes in lists)
        {
            var name = $"revocation list {parsed.Count + 1}";
            if (bytes.Length > MaxSize)
            {
                return Verdict<RevocationLists>.Refuse(RefusalReason.TooLarge, $"{name}: {bytes.Length} bytes, at most {MaxSize} are read");
            }

            try
            {
                if (new X509CrlParser().ReadCrl(bytes.ToArray()) is not { NextUpdate: not null } list)
                {
                    return Verdict<RevocationLists>.Refuse(RefusalReason.Malformed, $"{name}: not a list with a next update");
                }

                if (list.GetCriticalExtensionOids() is { } critical && !critical.All(Understood.Contains))
                {
                    return Verdict<RevocationLists>.Refuse(RefusalReason.UnknownVersion, $"{name}: a delta or indirect list");
                }

                parsed.Add(list);
            }
            catch (Exception exception) when (exception is GeneralSecurityException or FormatException or ArgumentException or IOException or InvalidOperationException or InvalidCastException)
            {
                return Verdict<RevocationLists>.Refuse(RefusalReason.Malformed, $"{name}: {exception.GetType().Name}");
            }
        }

        return new RevocationLists(parsed);
    }

    /// <summary>
    /// Why a certificate must not be relied on now, or null. Listed is revoked, whatever the reason and day on the list. A list of the issuer that is not signed by it, or that has run out, refuses too:
    /// whoever gives lists wants no answer without one that counts.
    /// </summary>
    internal Refusal? FaultOf(X509Certificate certificate, X509Certificate issuer, DateTimeOffset now)
    {
        var own = _lists.Where(list => list.IssuerDN.Equivalent(certificate.IssuerDN)).ToList();
        if (own.Count == 0)
        {
            return null;
        }

        var name = certificate.IssuerDN.ToString();
        if (own.Any(list => !IsSigned(list, issuer)))
        {
            return new Refusal(RefusalReason.BadSignature, $"a revocation list of {name} is not signed by it");
        }

        if (own.Select(list => list.GetRevokedCertificate(certificate.SerialNumber)).FirstOrDefault(entry => entry is not null) is { } revoked)
        {
            return new Refusal(RefusalReason.CertificateRevoked, $"{certificate.SubjectDN}: revoked by {name} on {revoked.RevocationDate:yyyy-MM-dd}");
        }

        return own.Any(list => list.ThisUpdate <= now.UtcDateTime && list.NextUpdate >= now.UtcDateTime)
            ? null
            : new Refusal(RefusalReason.Expired, $"no revocation list of {name} covers {now:yyyy-MM-dd}; the newest was due for replacement on {own.Max(list => list.NextUpdate):yyyy-MM-dd}");
    }

    private static bool IsSigned(X509Crl list, X509Certificate issuer)
    {
        // Key usage bit 6 is cRLSign.
        if (issuer.GetKeyUsage() is { } usage && !usage[6])
        {
            return false;
        }

        try
        {
            list.Verify(issuer.GetPublicKey());
            return true;
        }
        catch (Exception exception) when (exception is GeneralSecurityException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
