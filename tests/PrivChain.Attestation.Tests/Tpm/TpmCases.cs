namespace PrivChain.Attestation.Tests.Tpm;

/// <summary>Quotes of TPMs where the tests find them.</summary>
internal static class TpmCases
{
    extension(TpmCase)
    {
        public static IReadOnlyList<TpmCase> All() => [.. AttestationCase.Load("tpm").Select(@case => new TpmCase(@case))];

        /// <summary>The cases whose evidence is genuine.</summary>
        public static IReadOnlyList<TpmCase> Genuine() => [.. TpmCase.All().Where(@case => @case.Case.IsGenuine)];

        public static TpmCase Named(string name) => TpmCase.All().Single(@case => @case.Case.Name == name);
    }
}
