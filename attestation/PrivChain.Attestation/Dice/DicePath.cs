using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Dice;

/// <summary>A verified chain with every certificate's DICE extensions read, leaf first, and the rules between layers that X.509 does not know.</summary>
internal sealed class DicePath
{
    private DicePath(VerifiedChain chain, IReadOnlyList<DiceLayer> layers)
    {
        Chain = chain;
        Layers = layers;
    }

    public VerifiedChain Chain { get; }

    public IReadOnlyList<DiceLayer> Layers { get; }

    /// <summary>The first identifier from the leaf up, or none.</summary>
    public ReadOnlyMemory<byte> Ueid => Layers.Select(layer => layer.Ueid).FirstOrDefault(ueid => ueid is not null) ?? ReadOnlyMemory<byte>.Empty;

    /// <summary>Verifies the chain (RFC 5280) and the layers' own rules.</summary>
    /// <param name="leaf">The alias certificate.</param>
    /// <param name="others">Certificates that came along.</param>
    /// <param name="rules">Roots and time; what is read here counts as read.</param>
    public static AttestationVerdict<DicePath> Verify(Certificate leaf, IEnumerable<Certificate> others, ChainRules rules)
    {
        var chain = ChainBuilder.Verify(leaf, others, rules with { HandledExtensions = DiceLayer.ReadExtensions });
        if (!chain.Accepted)
        {
            return new AttestationVerdict<DicePath>(chain.Fault);
        }

        // Read from the verified path and not from what came along: the root's own extensions count as read only when they were.
        var layers = new List<DiceLayer>();
        foreach (var certificate in chain.Value.Path)
        {
            if (!DiceLayer.TryRead(certificate, out var layer))
            {
                return Refuse(AttestationRefusal.InvalidChain, rules, "extensions of the form that their names promise", certificate.Subject.ToString());
            }

            layers.Add(layer);
        }

        var path = new DicePath(chain.Value, layers);
        return path.LayerFault(rules) is { } fault ? new AttestationVerdict<DicePath>(fault) : new AttestationVerdict<DicePath>(path);
    }

    private AttestationFault? LayerFault(ChainRules rules)
    {
        for (var i = 0; i < Layers.Count; i++)
        {
            // DICE Certificate Profiles: who has a DICE purpose and issues certificates has the one of an embedded authority.
            if (i > 0 && Layers[i].Purposes.Any(DiceOids.IsPurpose) && !Layers[i].Purposes.Contains(DiceOids.EmbeddedAuthority, StringComparer.Ordinal))
            {
                return Fault(AttestationRefusal.InvalidChain, rules, $"an embedded authority's purpose in {Layers[i].Certificate.Subject}", string.Join(", ", Layers[i].Purposes));
            }

            if (Layers[i].Composite is { } composite && IssuerKey(i) is { } issuer && !issuer.Span.SequenceEqual(composite.DeviceKey.Span))
            {
                return Fault(AttestationRefusal.BindingMismatch, rules, $"the issuer's key as DeviceID in {Layers[i].Certificate.Subject}", "another key");
            }
        }

        var ueid = Ueid;
        return Layers.Any(layer => layer.Ueid is { } other && !other.Span.SequenceEqual(ueid.Span))
            ? Fault(AttestationRefusal.BindingMismatch, rules, "one device's identifier in all layers", "several")
            : null;
    }

    // Above the last certificate stands an anchor, which may be a bare key; a self-signed root is its own.
    private ReadOnlyMemory<byte>? IssuerKey(int index) =>
        index + 1 < Layers.Count ? Layers[index + 1].Certificate.Key.SubjectPublicKeyInfo : Chain.Anchor.Key?.SubjectPublicKeyInfo;

    private static AttestationFault Fault(AttestationRefusal reason, ChainRules rules, string wanted, string given) => AttestationFault.Authenticate(reason, rules.Field, wanted, given);

    private static AttestationVerdict<DicePath> Refuse(AttestationRefusal reason, ChainRules rules, string wanted, string given) => new(Fault(reason, rules, wanted, given));
}
