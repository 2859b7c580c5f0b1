using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Fuzz.Attestation;
using PrivChain.Tests.Shared;

namespace PrivChain.Fuzz.Tests;

/// <summary>Changed evidence and changed collateral are refused, or say exactly what the genuine ones said.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class VerdictTests
{
    private const int Rounds = 50;
    private const int ManyRounds = 1000;
    private const int Seed = 20261124;

    private static readonly Lazy<ILookup<string, EvidenceTrial>> _trials = new(() => EvidenceTrials.Load(VectorFolder.Folder("attestation")).ToLookup(trial => trial.Kind, StringComparer.Ordinal));

    public static IEnumerable<object[]> Kinds => EvidenceKind.All.Select(kind => new object[] { kind });

    [TestMethod]
    public void Load_AllVectors_FindsGenuineEvidenceOfEachKindThatHasSome()
    {
        // Azure's guests have their evidence in pieces that only the tests of that format put together.
        string[] without = [EvidenceKind.AzureSevSnp, EvidenceKind.AzureTdx];
        var kinds = EvidenceKind.All.Except(without).Where(kind => !_trials.Value.Contains(kind)).ToList();
        Assert.IsEmpty(kinds, string.Join(' ', kinds));
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Authenticate_ChangedEvidence_IsRefusedOrSaysTheSame(string kind) => Change(kind, Rounds);

    [TestMethod]
    [TestCategory("Slow")]
    [DynamicData(nameof(Kinds))]
    public void Authenticate_MuchChangedEvidence_IsRefusedOrSaysTheSame(string kind) => Change(kind, ManyRounds);

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Authenticate_ChangedCollateral_IsRefusedOrSaysTheSame(string kind)
    {
        var mutator = new Mutator(new Random(Seed));
        var trials = _trials.Value[kind].Where(trial => !trial.Context.Collateral.IsEmpty).ToList();
        for (var round = 0; round < Rounds && trials.Count > 0; round++)
        {
            var trial = trials[round % trials.Count];
            var name = trial.Context.Collateral.Names.ElementAt(round / trials.Count % trial.Context.Collateral.Names.Count());
            _ = trial.Context.Collateral.TryGet(name, out var genuine);

            // Judge throws where it says something else.
            _ = trial.Judge(trial.Context.Collateral.With(new CollateralSet([new(name, mutator.Change(genuine.Span, genuine.Span))])));
        }
    }

    private static void Change(string kind, int rounds)
    {
        var random = new Random(Seed);
        var mutator = new Mutator(random);
        var survivors = new List<string>();
        var trials = _trials.Value[kind].ToList();
        for (var round = 0; round < rounds && trials.Count > 0; round++)
        {
            var trial = trials[random.Next(trials.Count)];
            var (name, genuine) = trial.Parts.ElementAt(random.Next(trial.Parts.Count));
            var changed = round % 2 == 0 ? mutator.FlipBit(genuine.Span) : mutator.Change(genuine.Span, genuine.Span);
            var first = changed.AsSpan().CommonPrefixLength(genuine.Span);

            // Judge throws where it says something else; what it accepts must have changed where nothing is signed.
            if ((first < genuine.Length || changed.Length > genuine.Length)
                && trial.Judge(new Dictionary<string, ReadOnlyMemory<byte>>(trial.Parts) { [name] = changed }) is { } fields
                && !fields.Any(UnsignedPlaces.Fields.Contains) && !UnsignedPlaces.Holds(trial, name, first) && !UnsignedPlaces.IsLayout(genuine.Span, changed))
            {
                survivors.Add($"{trial.Name}: {name} changed from byte {first}, and {(fields.Count == 0 ? "nothing" : string.Join(' ', fields))} shows it");
            }
        }

        Assert.IsEmpty(survivors, string.Join('\n', survivors));
    }
}
