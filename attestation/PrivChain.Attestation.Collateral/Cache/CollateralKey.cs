using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PrivChain.Attestation.Collateral.Cache;

/// <summary>The name under which a request's answer is kept: SHA-256 over all parts of the request, each after its length, so that unlike requests never share an answer.</summary>
public static class CollateralKey
{
    /// <summary>Length in bytes.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>The key of a request.</summary>
    public static byte[] Of(CollateralRequest request)
    {
        IEnumerable<string> parts = request switch
        {
            CollateralRequest.Intel intel => ["intel", intel.Tdx ? "tdx" : "sgx", intel.Fmspc, intel.Authority],
            CollateralRequest.Amd amd =>
            [
                "amd", amd.Product, amd.HardwareId,
                .. amd.ReportedTcb.OrderBy(part => part.Key, StringComparer.Ordinal).SelectMany(part => (string[])[part.Key, part.Value.ToString(CultureInfo.InvariantCulture)]),
            ],
            CollateralRequest.Maa maa => ["maa", maa.Issuer],
            _ => throw new ArgumentException("a request of another kind", nameof(request)),
        };

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("privchain/collateral-request/v1\0"u8);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }
}
