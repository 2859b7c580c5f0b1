using System.Text.Json.Nodes;
using PrivChain.Attestation;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Fuzz.Attestation;

/// <summary>
/// Genuine evidence with everything that it is authentic under. What must hold for every change of its bytes, or of its collateral: it is refused, or it says what it said before. Signatures cannot be forged, so an
/// accepted change touched nothing that is signed, and then a decoded field shows it, or the changed bytes lie where the format signs nothing and this library takes nothing from.
/// </summary>
internal sealed class EvidenceTrial
{
    private readonly Dictionary<string, JsonNode?> _fields;
    private readonly string _claims;
    private readonly IReadOnlyList<string> _layers;

    private EvidenceTrial(string name, string kind, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> parts, AuthenticationContext context, AuthenticEvidence genuine)
    {
        (Name, Kind, Parts, Context) = (name, kind, parts, context);
        _fields = genuine.Fields.ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal);
        _claims = Said(genuine.Claims);
        _layers = Layers(genuine.Claims);
    }

    /// <summary>The case that it comes from.</summary>
    public string Name { get; }

    /// <summary>The kind of evidence.</summary>
    public string Kind { get; }

    /// <summary>The genuine parts.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Parts { get; }

    /// <summary>A decoded field of the genuine evidence, or null.</summary>
    public JsonNode? this[string field] => _fields.GetValueOrDefault(field);

    /// <summary>Roots, collateral and time.</summary>
    public AuthenticationContext Context { get; }

    /// <summary>A trial, or null when the evidence is not authentic as this kind.</summary>
    public static EvidenceTrial? Of(string name, string kind, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> parts, AuthenticationContext context)
    {
        var received = ReceivedEvidence.Parse(kind, new EvidenceParts(parts));
        return received.Accepted && AuthenticEvidence.Authenticate(received.Value, context) is { Accepted: true } authentic ? new EvidenceTrial(name, kind, parts, context, authentic.Value) : null;
    }

    /// <summary>Judges changed parts. Gives the names of the decoded fields that differ where they are accepted, and null where they are refused.</summary>
    public IReadOnlyList<string>? Judge(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> parts) => Judge(parts, Context);

    /// <summary>Judges the genuine parts with changed collateral.</summary>
    public IReadOnlyList<string>? Judge(CollateralSet collateral) => Judge(Parts, Context with { Collateral = collateral });

    private List<string>? Judge(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> parts, AuthenticationContext context)
    {
        var received = ReceivedEvidence.Parse(Kind, new EvidenceParts(parts));
        if (!received.Accepted || AuthenticEvidence.Authenticate(received.Value, context) is not { Accepted: true } authentic)
        {
            return null;
        }

        if (IsUpperPart(authentic.Value.Claims))
        {
            return [UnsignedPlaces.FewerLayers];
        }

        if (Said(authentic.Value.Claims) is var said && said != _claims)
        {
            throw new BrokenPromiseException($"{Name} as {Kind}: changed bytes were authentic and said {said} instead of {_claims}");
        }

        var fields = authentic.Value.Fields.ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal);
        return [.. fields.Keys.Union(_fields.Keys).Where(name => !JsonNode.DeepEquals(fields.GetValueOrDefault(name), _fields.GetValueOrDefault(name))).Order(StringComparer.Ordinal)];
    }

    // A chain of DICE certificates without its lowest ones is what the device said of its upper layers, and it binds nothing: only the lowest key signs report data.
    private bool IsUpperPart(EnclaveClaims claims) =>
        Kind is EvidenceKind.FpgaDice or EvidenceKind.Caliptra && claims.ReportData.IsEmpty && Layers(claims) is var layers && layers.Count < _layers.Count && layers.SequenceEqual(_layers.Take(layers.Count));

    private static List<string> Layers(EnclaveClaims claims) => [.. claims.Measurements.Select(measured => $"{measured.Name}:{measured.Algorithm}:{Hex(measured.Value)}")];

    // Everything that a policy may look at.
    private static string Said(EnclaveClaims claims) => string.Join(
        '|',
        claims.Kind, claims.Tee, Hex(claims.RootId), Hex(claims.Measurement), Hex(claims.Signer), claims.ProductId, claims.Svn, claims.Debug, Hex(claims.ReportData), claims.Nonce is { } nonce ? Hex(nonce) : "none",
        string.Join(',', claims.OtherNonces.Select(Hex)), claims.IssuedAt, Hex(claims.HardwareId), claims.ChipFamily, string.Join(',', claims.Conditions), claims.Tcb.Status, claims.Tcb.Date, string.Join(',', claims.Tcb.Advisories),
        string.Join(',', Layers(claims)));

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);
}
