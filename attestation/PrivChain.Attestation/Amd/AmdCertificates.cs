using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Collateral;

namespace PrivChain.Attestation.Amd;

/// <summary>The certificates that are there for one report: the caller's collateral first, then what the host put into the table.</summary>
/// <param name="Key">The VCEK or VLEK.</param>
/// <param name="Others">All others, in no order that counts.</param>
/// <param name="Crl">AMD's revocation list, or null.</param>
internal sealed record AmdCertificates(Certificate Key, IReadOnlyList<Certificate> Others, RevocationList? Crl)
{
    public static AttestationVerdict<AmdCertificates> Collect(CollateralSet collateral, SnpCertificateTable table, bool vlek)
    {
        var keyName = vlek ? CollateralName.Vlek : CollateralName.Vcek;
        var others = new List<Certificate>();
        Certificate? key = null;
        (string Name, ReadOnlyMemory<byte>? Bytes)[] items =
        [
            Item(collateral, keyName, table[vlek ? SnpCertificateTable.Vlek : SnpCertificateTable.Vcek]),
            Item(collateral, CollateralName.Ask, table[SnpCertificateTable.Ask]),
            Item(collateral, CollateralName.Asvk, null),
            Item(collateral, CollateralName.Ark, table[SnpCertificateTable.Ark]),
            Item(collateral, CollateralName.Intermediates, null),
        ];
        foreach (var (name, bytes) in items)
        {
            if (bytes is not { } given)
            {
                continue;
            }

            if (!CertificateList.TryParse(given, out var certificates))
            {
                return Refuse(AttestationRefusal.MalformedCollateral, name, "a certificate, DER or PEM", $"{given.Length} bytes of another form");
            }

            // Azure hands out the key with its authorities behind it.
            key ??= name == keyName ? certificates[0] : null;
            others.AddRange(name == keyName ? certificates.Skip(1) : certificates);
        }

        if (key is null)
        {
            return Refuse(AttestationRefusal.MissingCollateral, keyName, "the certificate of the key that signs", "none");
        }

        var (crlName, crl) = Item(collateral, CollateralName.AmdCrl, table[SnpCertificateTable.Crl]);
        RevocationList? list = null;
        return crl is { } bytesOfList && !RevocationList.TryParse(bytesOfList, out list)
            ? Refuse(AttestationRefusal.MalformedCollateral, crlName, "a revocation list", $"{bytesOfList.Length} bytes of another form")
            : new AttestationVerdict<AmdCertificates>(new AmdCertificates(key, others, list));
    }

    private static (string Name, ReadOnlyMemory<byte>? Bytes) Item(CollateralSet collateral, string name, ReadOnlyMemory<byte>? fromTable) =>
        (name, collateral.TryGet(name, out var bytes) ? bytes : fromTable);

    private static AttestationVerdict<AmdCertificates> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Authenticate(reason, field, wanted, given));
}
