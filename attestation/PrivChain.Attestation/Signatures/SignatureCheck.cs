namespace PrivChain.Attestation.Signatures;

/// <summary>One signature that was checked, kept so that it can be checked again by itself: a benchmark asks what verification costs beside its signatures.</summary>
internal sealed record SignatureCheck(PublicKey Key, SignatureAlgorithm Algorithm, byte[] Data, byte[] Signature, bool Raw)
{
    [ThreadStatic]
    private static List<SignatureCheck>? _recording;

    /// <summary>Every check of this thread during an action, in order.</summary>
    public static IReadOnlyList<SignatureCheck> During(Action action)
    {
        var checks = new List<SignatureCheck>();
        _recording = checks;
        try
        {
            action();
            return checks;
        }
        finally
        {
            _recording = null;
        }
    }

    /// <summary>Keeps a check while somebody asks for them.</summary>
    public static void Record(PublicKey key, SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, bool raw) =>
        _recording?.Add(new SignatureCheck(key, algorithm, data.ToArray(), signature.ToArray(), raw));

    /// <summary>Checks it again.</summary>
    public bool Repeat() => Raw ? Key.VerifyRaw(Algorithm, Data, Signature) : Key.Verify(Algorithm, Data, Signature);
}
