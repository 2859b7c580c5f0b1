using System.Xml.Linq;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Layout;

/// <summary>Dependencies point inwards (DESIGN section 8): read from the project files, so that a new reference shows here first.</summary>
[TestClass]
public sealed class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> _mayUse = new()
    {
        ["PrivChain.Schemas"] = [],
        ["PrivChain.Attestation"] = [],
        ["PrivChain.Attestation.Collateral"] = ["PrivChain.Attestation"],
        ["PrivChain.Attestation.Azure"] = [],
        ["PrivChain.Attestation.OpenEnclave"] = ["PrivChain.Attestation"],
        ["PrivChain.Attestation.Sources"] = ["PrivChain.Attestation"],
        ["PrivChain.Signatures"] = [],
        ["PrivChain.Core"] = ["PrivChain.Signatures"],
        ["PrivChain.Enclave"] = ["PrivChain.Core", "PrivChain.Attestation", "PrivChain.Attestation.Sources", "PrivChain.Schemas"],
        ["PrivChain.Node"] = ["PrivChain.Core", "PrivChain.Attestation", "PrivChain.Attestation.Collateral", "PrivChain.Schemas"],
        ["PrivChain.Sdk"] = ["PrivChain.Core", "PrivChain.Attestation", "PrivChain.Schemas"],

        ["PrivChain.App"] = ["PrivChain.Sdk"],

        // The enclave is built for the CLI to start and the app for its node to serve, neither to be loaded: ReferenceOutputAssembly is false there.
        ["privchain"] = ["PrivChain.Sdk", "PrivChain.Node", "PrivChain.Enclave", "PrivChain.App", "PrivChain.Attestation.Collateral"],
    };

    [TestMethod]
    public void EveryProject_ReferencesOnlyWhatTheDesignAllows()
    {
        var root = VectorFolder.RepositoryRoot();
        var projects = new[] { "src", "enclave", "attestation", "schemas" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.csproj", SearchOption.AllDirectories)).ToList();
        Assert.IsGreaterThanOrEqualTo(_mayUse.Count, projects.Count);
        foreach (var path in projects)
        {
            var project = XDocument.Load(path);
            var name = project.Descendants("AssemblyName").FirstOrDefault()?.Value ?? Path.GetFileNameWithoutExtension(path);
            Assert.IsTrue(_mayUse.TryGetValue(name, out var allowed), $"{name} is not in the layout: add it to DESIGN and to this list");
            foreach (var reference in project.Descendants("ProjectReference"))
            {
                var target = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'));
                CollectionAssert.Contains(allowed, target, $"{name} references {target}");
                Assert.IsTrue(target is not ("PrivChain.Enclave" or "PrivChain.App") || reference.Attribute("ReferenceOutputAssembly")?.Value == "false", $"{name} loads the code of {target}");
            }
        }
    }
}
