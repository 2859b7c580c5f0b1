namespace PrivChain.Attestation.Collateral;

/// <summary>Names of collateral items. In a folder an item is the file of that name with any extension.</summary>
public static class CollateralName
{
    /// <summary>Intel TCB info (SGX or TDX), the signed JSON of PCS v4.</summary>
    public const string TcbInfo = "tcb-info";

    /// <summary>Intel QE or TD QE identity, the signed JSON of PCS v4.</summary>
    public const string QeIdentity = "qe-identity";

    /// <summary>PEM chain of the certificate that signs TCB info and QE identity.</summary>
    public const string TcbSigningChain = "tcb-signing-chain";

    /// <summary>Revocation list of the Intel SGX Root CA, DER.</summary>
    public const string RootCaCrl = "root-ca-crl";

    /// <summary>Revocation list of the PCK Processor or Platform CA, DER or PEM.</summary>
    public const string PckCrl = "pck-crl";

    /// <summary>PEM chain of the authority that issues the PCK revocation list.</summary>
    public const string PckCrlIssuerChain = "pck-crl-issuer-chain";

    /// <summary>PEM chain of the PCK certificate, for quotes that carry none.</summary>
    public const string PckChain = "pck-chain";

    /// <summary>AMD's certificate for one chip at one TCB, DER or PEM.</summary>
    public const string Vcek = "vcek";

    /// <summary>AMD's certificate for a cloud at one TCB, DER or PEM.</summary>
    public const string Vlek = "vlek";

    /// <summary>AMD's intermediate that signs VCEKs.</summary>
    public const string Ask = "ask";

    /// <summary>AMD's intermediate that signs VLEKs.</summary>
    public const string Asvk = "asvk";

    /// <summary>AMD's root certificate: it counts when the caller's root set names it.</summary>
    public const string Ark = "ark";

    /// <summary>AMD's revocation list, signed by the ARK.</summary>
    public const string AmdCrl = "amd-crl";

    /// <summary>Key set of an Azure Attestation instance (JWKS).</summary>
    public const string Jwks = "jwks";

    /// <summary>PEM or DER certificates between the evidence's key and a root.</summary>
    public const string Intermediates = "intermediates";

    /// <summary>Revocation lists of the certificates in <see cref="Intermediates"/>, as PEM blocks, or a single one as DER.</summary>
    public const string Crls = "crls";

    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> All { get; } =
        [TcbInfo, QeIdentity, TcbSigningChain, RootCaCrl, PckCrl, PckCrlIssuerChain, PckChain, Vcek, Vlek, Ask, Asvk, Ark, AmdCrl, Jwks, Intermediates, Crls];
}
