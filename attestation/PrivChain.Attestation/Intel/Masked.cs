namespace PrivChain.Attestation.Intel;

/// <summary>Comparison of the bits that a mask names.</summary>
internal static class Masked
{
    /// <summary>True when the value under the mask is what is wanted. A wanted bit outside the mask never is.</summary>
    public static bool Equal(ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask, ReadOnlySpan<byte> wanted)
    {
        if (value.Length != mask.Length || value.Length != wanted.Length)
        {
            return false;
        }

        for (var i = 0; i < value.Length; i++)
        {
            if ((value[i] & mask[i]) != wanted[i])
            {
                return false;
            }
        }

        return true;
    }
}
