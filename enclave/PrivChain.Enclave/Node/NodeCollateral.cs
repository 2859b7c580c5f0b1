using Google.Protobuf;
using PrivChain.Attestation.Collateral;
using PrivChain.Core.Refusals;
using PrivChain.Schemas.V1;

namespace PrivChain.Enclave.Node;

/// <summary>Collateral by way of the node, which this program need not believe: every item is signed by a vendor and verified together with the evidence.</summary>
internal sealed class NodeCollateral(INode node) : ICollateralProvider
{
    /// <inheritdoc/>
    /// <exception cref="RefusalException">The node's refusal, or Malformed for items that are not collateral.</exception>
    public async ValueTask<CollateralSet> GetAsync(CollateralRequest request, CancellationToken cancellation)
    {
        var items = await node.GetCollateralAsync(Write(request), cancellation).ConfigureAwait(false);
        try
        {
            return new CollateralSet(items.Select(item => KeyValuePair.Create(item.Key, (ReadOnlyMemory<byte>)item.Value.ToByteArray())));
        }
        catch (ArgumentException exception)
        {
            throw new RefusalException(new Refusal(RefusalReason.Malformed, "collateral: " + exception.Message));
        }
    }

    private static GetCollateralRequest Write(CollateralRequest request)
    {
        switch (request)
        {
            case CollateralRequest.Intel intel:
                return new GetCollateralRequest { Intel = new IntelPlatform { Tdx = intel.Tdx, Fmspc = intel.Fmspc, Authority = intel.Authority } };
            case CollateralRequest.Amd amd:
                var platform = new AmdPlatform { Product = amd.Product, HardwareId = amd.HardwareId };
                foreach (var (name, value) in amd.ReportedTcb)
                {
                    platform.ReportedTcb[name] = (uint)value;
                }

                return new GetCollateralRequest { Amd = platform };
            case CollateralRequest.Maa maa:
                return new GetCollateralRequest { Maa = new MaaInstance { Issuer = maa.Issuer } };
            default:
                throw new RefusalException(new Refusal(RefusalReason.UnsupportedFormat, "collateral of another kind"));
        }
    }
}
