namespace PrivChain.Attestation.Intel;

/// <summary>What a TDX module of one major version must be (TCB info v3, <c>tdxModule</c> and <c>tdxModuleIdentities</c>).</summary>
/// <param name="Id"><c>TDX_</c> and the major version as two hex digits; empty for <c>tdxModule</c>, which is for version 0 and has no levels.</param>
/// <param name="MrSigner">48 bytes: zeros for Intel's own.</param>
/// <param name="Attributes">8 bytes.</param>
/// <param name="AttributesMask">8 bytes: which of the attributes count.</param>
/// <param name="Levels">Highest first.</param>
internal sealed record TdxModuleIdentity(string Id, ReadOnlyMemory<byte> MrSigner, ReadOnlyMemory<byte> Attributes, ReadOnlyMemory<byte> AttributesMask, IReadOnlyList<ModuleLevel> Levels)
{
    public static TdxModuleIdentity ReadModule(IntelJson json) => new(string.Empty, json.Hex("mrsigner", 48), json.Hex("attributes", 8), json.Hex("attributesMask", 8), []);

    public static TdxModuleIdentity ReadIdentity(IntelJson json) => ReadModule(json) with { Id = json.Text("id"), Levels = ModuleLevel.ReadAll(json) };

    /// <summary>True for the module that a TD report names: signer, and attributes under the mask.</summary>
    public bool IsOf(TdReport report) => MrSigner.Span.SequenceEqual(report.MrSignerSeam.Span) && Masked.Equal(report.SeamAttributes.Span, AttributesMask.Span, Attributes.Span);
}
