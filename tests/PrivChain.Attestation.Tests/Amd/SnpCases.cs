namespace PrivChain.Attestation.Tests.Amd;

/// <summary>Reports of SEV-SNP where the tests find them.</summary>
internal static class SnpCases
{
    extension(SnpCase)
    {
        public static IReadOnlyList<SnpCase> All() => [.. AttestationCase.Load("snp").Select(@case => new SnpCase(@case))];

        /// <summary>The cases whose evidence is genuine.</summary>
        public static IReadOnlyList<SnpCase> Genuine() => [.. SnpCase.All().Where(@case => @case.Case.IsGenuine)];

        public static SnpCase Named(string name) => SnpCase.All().Single(@case => @case.Case.Name == name);
    }
}
