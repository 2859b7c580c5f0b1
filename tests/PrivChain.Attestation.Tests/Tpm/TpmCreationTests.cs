using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Tpm;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Tpm;

/// <summary>How a key came into being, as the key itself attests it: it holds together, or the evidence is refused.</summary>
[TestClass]
public sealed class TpmCreationTests
{
    private static readonly byte[] _parent = [0, 0xb, .. Enumerable.Range(0, 32).Select(value => (byte)value)];

    [TestMethod]
    public void Authenticate_CreationThatFits_IsShownAndSaysWhatStaysOpen()
    {
        foreach (var scheme in new[] { TpmForge.RsaSsa, TpmForge.RsaPss, TpmForge.EcDsa })
        {
            var forge = new TpmForge { Scheme = scheme };
            var verdict = forge.Authenticate(forge.PartsWithCreation(_parent));
            Assert.IsTrue(verdict.Accepted, $"{scheme:x}: {verdict.Fault}");
            Assert.AreEqual("0707", verdict.Value.Fields.Single(field => field.Name == "creation_outside_info").Value!.GetValue<string>());
            Assert.ContainsSingle(line => line.Contains("attests its creation", StringComparison.Ordinal), verdict.Value.Claims.NotChecked);
        }
    }

    // Each case is one change; where a structure changes, its signature is made again, so that the signature is not what refuses.
    [TestMethod]
    public void Authenticate_OneThingWrong_IsRefusedByName()
    {
        var forge = new TpmForge();
        var parts = forge.PartsWithCreation(_parent);
        Dictionary<string, ReadOnlyMemory<byte>> With(string part, ReadOnlyMemory<byte> bytes) => new(parts, StringComparer.Ordinal) { [part] = bytes };
        Dictionary<string, ReadOnlyMemory<byte>> Without(string part) => parts.Where(item => item.Key != part).ToDictionary(StringComparer.Ordinal);
        Dictionary<string, ReadOnlyMemory<byte>> Signed(byte[] creation) => new(With(TpmPart.Creation, creation), StringComparer.Ordinal) { [TpmPart.CreationSignature] = forge.Signature(creation) };
        var creation = parts[TpmPart.Creation].ToArray();
        Assert.IsTrue(TpmAttest.TryParse(creation, out var attest));
        var (signer, name, hash) = (attest.QualifiedSigner.ToArray(), attest.CertifiedName.ToArray(), attest.CreationHash.ToArray());
        byte[] Other(byte[] bytes) => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)];
        var data = parts[TpmPart.CreationData].ToArray();
        (string Case, AttestationRefusal Wanted, AttestationFault? Fault)[] cases =
        [
            ("nothing", AttestationRefusal.None, forge.Authenticate(parts).Fault),
            ("the data without a length", AttestationRefusal.None, forge.Authenticate(With(TpmPart.CreationData, data.AsMemory(2))).Fault),
            ("no data", AttestationRefusal.MissingEvidence, forge.Authenticate(Without(TpmPart.CreationData)).Fault),
            ("no signature", AttestationRefusal.MissingEvidence, forge.Authenticate(Without(TpmPart.CreationSignature)).Fault),
            ("no structure", AttestationRefusal.MissingEvidence, forge.Authenticate(Without(TpmPart.Creation)).Fault),
            ("another signature", AttestationRefusal.BadSignature, forge.Authenticate(With(TpmPart.Creation, Other(creation))).Fault),
            ("another scheme", AttestationRefusal.AlgorithmNotAllowed, forge.Authenticate(With(TpmPart.CreationSignature, Other([.. parts[TpmPart.CreationSignature][..4].Span]).Concat(parts[TpmPart.CreationSignature][4..].ToArray()).ToArray())).Fault),
            ("another key's name", AttestationRefusal.BindingMismatch, forge.Authenticate(Signed(TpmForge.Creation(signer, Other(name), hash))).Fault),
            ("another hash", AttestationRefusal.BindingMismatch, forge.Authenticate(Signed(TpmForge.Creation(signer, name, Other(hash)))).Fault),
            ("another signer's name in the creation", AttestationRefusal.BindingMismatch, forge.Authenticate(Signed(TpmForge.Creation(Other(signer), name, hash))).Fault),
            ("other data", AttestationRefusal.BindingMismatch, forge.Authenticate(With(TpmPart.CreationData, Other(data))).Fault),
            ("data cut", AttestationRefusal.Malformed, forge.Authenticate(With(TpmPart.CreationData, data.AsMemory(2, data.Length - 3))).Fault),
            ("a quote as creation", AttestationRefusal.WrongAttestType, forge.Authenticate(With(TpmPart.Creation, parts[EvidenceParts.Main])).Fault),
            ("a quote by a key under another parent", AttestationRefusal.BindingMismatch, forge.Authenticate(
                With(EvidenceParts.Main, forge.Attest()).Where(item => item.Key != TpmPart.Signature).Append(new(TpmPart.Signature, forge.Signature(forge.Attest()))).ToDictionary(StringComparer.Ordinal)).Fault),
        ];
        foreach (var (@case, wanted, fault) in cases)
        {
            Assert.AreEqual(wanted, fault?.Reason ?? AttestationRefusal.None, $"{@case}: {fault}");
        }
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Authenticate_GenuineCreation_IsThatOfTheKey()
    {
        var @case = TpmCase.Named("gcp_windows_shielded_vm_sha1");
        var verdict = AuthenticEvidence.Authenticate(@case.Input().Received.Value!, @case.Context());
        Assert.IsTrue(verdict.Accepted, verdict.Fault?.ToString());
        Assert.IsTrue(verdict.Value.Fields.Any(field => field.Name == "creation_parent_name"));
    }

    // A key that is trusted by name needs no certificate; one that came along and does not hold is said to be unchecked, with the reason, and one that holds is not.
    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Claims_CertificateBesideATrustedKey_SayWhetherItHolds()
    {
        var @case = TpmCase.All().First(@case => @case.Case.Has("ak_root") && @case.Case.Result == "valid");
        var received = @case.Input().Received.Value!;
        IReadOnlyList<string> Notes(AuthenticationContext context) => AuthenticEvidence.Authenticate(received, context).Value!.Claims.NotChecked;
        var context = @case.Context() with { At = new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero) };
        Assert.DoesNotContain(line => line.Contains("certificate (", StringComparison.Ordinal), Notes(context));
        Assert.ContainsSingle(line => line.Contains("certificate (NotYetValid)", StringComparison.Ordinal), Notes(@case.Context()));
        var alone = context with { Roots = new RootSet([context.Roots.Of(RootKind.Tpm).Single(anchor => anchor.Certificate is null)]), Collateral = Attestation.Collateral.CollateralSet.Empty };
        Assert.ContainsSingle(line => line.Contains("certificate (UntrustedRoot)", StringComparison.Ordinal), Notes(alone));
    }
}
