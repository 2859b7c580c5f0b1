using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.OpenEnclave;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Vectors;

/// <summary>Open Enclave: file roles are our part names, the format's id is a part too, and endorsements are inside the evidence.</summary>
internal static class OpenEnclaveCase
{
    private static readonly RootSet _roots = new(VendorRoots.Of(RootKind.Intel));

    /// <summary>TCB info on its own, to be read and no more.</summary>
    public static bool IsTcbInfo(AttestationCase @case) => @case.Has("tcb_info") && !@case.Has("evidence");

    public static CaseInput Input(AttestationCase @case) => new(ReceivedEvidence.Parse(EvidenceKind.OpenEnclave, new EvidenceParts(Parts(@case))), Context(@case), @case.Binding());

    public static AuthenticationContext Context(AttestationCase @case) => new(_roots, CollateralSet.Empty, @case.At);

    public static Dictionary<string, ReadOnlyMemory<byte>> Parts(AttestationCase @case)
    {
        var parts = @case.Roles.ToDictionary(role => role.Replace('_', '-'), role => (ReadOnlyMemory<byte>)@case.Bytes(role));
        if (@case.Text("format_id") is { Length: > 0 } id)
        {
            parts[OpenEnclaveFormat.FormatIdPart] = new Guid(id).ToByteArray(bigEndian: true);
        }

        return parts;
    }
}
