using System.Text;

namespace PrivChain.Sdk.Query;

/// <summary>HPKE info of a session: label, zero byte, context.</summary>
internal static class HpkeInfo
{
    public static byte[] Of(string label, ReadOnlySpan<byte> context) => [.. Encoding.ASCII.GetBytes(label), 0, .. context];
}
