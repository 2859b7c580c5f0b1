using Grpc.Core;
using PrivChain.Attestation.Collateral;
using PrivChain.Core.Refusals;
using PrivChain.Node.Collateral;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Services;

internal sealed class EndorsementService(CollateralSources sources) : Endorsements.EndorsementsBase
{
    private const int MaxTcbParts = 16;
    private const int MaxHardwareId = 128;
    private const int MaxIssuer = 256;

    public override async Task<GetCollateralReply> GetCollateral(GetCollateralRequest request, ServerCallContext context)
    {
        var wanted = Read(request) ?? throw Wire.Refuse(RefusalReason.Malformed);
        var set = await sources.GetAsync(wanted, context.CancellationToken);
        var reply = new GetCollateralReply();
        foreach (var name in set.Names)
        {
            _ = set.TryGet(name, out var bytes);
            reply.Items[name] = Wire.Bytes(bytes.Span);
        }

        return reply;
    }

    // The values end up in addresses of vendors' services: nothing but what evidence can say gets there.
    private static CollateralRequest? Read(GetCollateralRequest request) => request.WantedCase switch
    {
        GetCollateralRequest.WantedOneofCase.Intel when request.Intel is { Authority: "processor" or "platform" } intel && intel.Fmspc.Length == 12 && intel.Fmspc.All(char.IsAsciiHexDigitUpper) =>
            new CollateralRequest.Intel(intel.Tdx, intel.Fmspc, intel.Authority),
        GetCollateralRequest.WantedOneofCase.Amd when request.Amd is { Product: "" or "Milan" or "Genoa" or "Turin" } amd
            && amd.HardwareId.Length <= MaxHardwareId && amd.HardwareId.All(char.IsAsciiHexDigitLower)
            && amd.ReportedTcb.Count <= MaxTcbParts && amd.ReportedTcb.All(part => part.Key.Length is > 0 and <= MaxTcbParts && part.Key.All(char.IsAsciiLetterOrDigit) && part.Value <= byte.MaxValue) =>
            new CollateralRequest.Amd(amd.Product, amd.HardwareId, amd.ReportedTcb.ToDictionary(part => part.Key, part => (int)part.Value)),
        GetCollateralRequest.WantedOneofCase.Maa when request.Maa.Issuer.Length is > 0 and <= MaxIssuer => new CollateralRequest.Maa(request.Maa.Issuer),
        _ => null,
    };
}
