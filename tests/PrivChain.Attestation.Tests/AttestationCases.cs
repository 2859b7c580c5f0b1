using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests;

/// <summary>Cases where the tests find them.</summary>
internal static class AttestationCases
{
    extension(AttestationCase)
    {
        /// <summary>The cases of one folder below <c>attestation</c>, or of all: every <c>cases.json</c> that is there.</summary>
        public static IReadOnlyList<AttestationCase> Load(string pattern) =>
        [
            .. VectorFolder.Files("attestation", "cases.json")
                .Select(path => (Path: path, Folder: Path.GetDirectoryName(path)!))
                .Where(file => pattern == "*" || Path.GetFileName(file.Folder) == pattern)
                .SelectMany(file => AttestationCase.Read(Path.GetFileName(file.Folder), File.ReadAllBytes(file.Path), path => File.ReadAllBytes(Path.Combine(file.Folder, path)))),
        ];
    }
}
