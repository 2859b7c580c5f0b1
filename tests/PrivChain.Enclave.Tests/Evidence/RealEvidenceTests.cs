using System.Security.Cryptography;
using Google.Protobuf;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Simulated;
using PrivChain.Attestation.Sources;
using PrivChain.Attestation.Tests;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Enclave.Evidence;
using PrivChain.Enclave.Node;
using PrivChain.Enclave.Tests.World;
using PrivChain.Schemas.V1;
using PrivChain.Tests.Shared;

namespace PrivChain.Enclave.Tests.Evidence;

/// <summary>Quotes of real hardware where the enclave's own would be: they carry their collateral, and are refused because they bind keys of somebody else.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class RealEvidenceTests
{
    private static readonly Account _account = Account.Generate();
    private static readonly HpkePublicKey _key = HpkePrivateKey.Generate(HpkeKem.XWing).PublicKey;

    [TestMethod]
    public async Task Produce_RealQuote_CarriesWhatTheNodeHas()
    {
        foreach (var quote in RealQuote.All())
        {
            var asked = new List<GetCollateralRequest>();
            var produced = await ProduceAsync(Evidence(quote, quote.At, wanted =>
            {
                asked.Add(wanted);
                return Items(quote.Collateral);
            }));
            Assert.IsTrue(EndorsedEvidence.TryParse(produced, out var endorsed), quote.Name);
            CollectionAssert.AreEqual(quote.Envelope, endorsed.Envelope.ToArray(), quote.Name);
            CollectionAssert.AreEqual(quote.Collateral.Digest.ToArray(), endorsed.Collateral.Digest.ToArray(), quote.Name);
            Assert.AreEqual(quote.Kind == EvidenceKind.Tdx, asked.Single().Intel.Tdx, quote.Name);
            Assert.AreEqual(12, asked.Single().Intel.Fmspc.Length, quote.Name);
        }
    }

    [TestMethod]
    public async Task AppraiseWorker_RealQuoteOfAnotherKey_IsRefusedAsNotBound()
    {
        foreach (var quote in RealQuote.All())
        {
            var evidence = Evidence(quote, quote.At, _ => Items(quote.Collateral));
            var verdict = evidence.AppraiseWorker(await ProduceAsync(evidence), _account.Address, _key);
            Assert.AreEqual(RefusalReason.EvidenceNotBound, verdict.Reason, $"{quote.Name}: {verdict.Refusal}");
        }
    }

    [TestMethod]
    public async Task AppraiseWorker_RealQuoteWithoutCollateralOrLongAfter_IsRefusedForThat()
    {
        foreach (var quote in RealQuote.All())
        {
            var bare = Evidence(quote, quote.At, _ => new Dictionary<string, ByteString>());
            Assert.AreEqual(RefusalReason.MissingCollateral, bare.AppraiseWorker(await ProduceAsync(bare), _account.Address, _key).Reason, quote.Name);

            var alone = Evidence(quote, quote.At, _ => throw new RefusalException(new Refusal(RefusalReason.Unavailable, "the vendor is away")));
            CollectionAssert.AreEqual(quote.Envelope, await ProduceAsync(alone), quote.Name);

            var late = Evidence(quote, quote.At.AddYears(3), _ => Items(quote.Collateral));
            Assert.AreEqual(RefusalReason.Expired, late.AppraiseWorker(await ProduceAsync(late), _account.Address, _key).Reason, quote.Name);
        }
    }

    [TestMethod]
    public async Task Produce_NodeGivesItemsThatAreNoCollateral_IsRefused()
    {
        var quote = RealQuote.All()[0];
        var evidence = Evidence(quote, quote.At, _ => new Dictionary<string, ByteString> { ["../tcb-info"] = ByteString.Empty });
        var refused = await Assert.ThrowsExactlyAsync<RefusalException>(() => ProduceAsync(evidence));
        Assert.AreEqual(RefusalReason.Malformed, refused.Reason);
    }

    // Evidence may measure a first stage alone, and the same for many programs: what was measured above it has to be ours, too.
    [TestMethod]
    public async Task AppraiseWorker_SameFirstStageOtherProgram_IsRefused()
    {
        var time = new SettableTime();
        using var root = SimulatedRoot.Generate();
        var genesis = new LedgerFixture(evidenceRoots: [root.Name]).Genesis;
        var node = new NodeCollateral(new MemoryNode(new MemoryLedger(time, [_account.Address], genesis.EvidenceRoots)));
        var source = new SimulatedEvidenceSource(root, RandomNumberGenerator.GetBytes(48), EnclaveEvidence.SecurityVersion, time);
        var own = new EnclaveEvidence(source, node, genesis, time);
        var worker = await ProduceAsync(own);
        Assert.IsTrue(own.AppraiseWorker(worker, _account.Address, _key).Accepted);
        var other = new EnclaveEvidence(new OtherProgram(source), node, genesis, time);
        Assert.AreEqual(RefusalReason.MeasurementNotAccepted, other.AppraiseWorker(worker, _account.Address, _key).Reason);
    }

    private static async Task<byte[]> ProduceAsync(EnclaveEvidence evidence) => await evidence.ProduceAsync(EnclaveRole.Worker, _account.Address, _key, default, CancellationToken.None);

    private static EnclaveEvidence Evidence(RealQuote quote, DateTimeOffset at, Func<GetCollateralRequest, IReadOnlyDictionary<string, ByteString>> collateral)
    {
        // Intel's formats have no security version of the program: a ledger for them has no floor.
        var genesis = new LedgerFixture(evidenceRoots: [RealQuote.Root]).Genesis with { MinimumSvn = 0 };
        var time = new SettableTime { Now = at.ToUnixTimeMilliseconds() };
        var node = new MemoryNode(new MemoryLedger(time, [_account.Address], genesis.EvidenceRoots)) { Collateral = collateral };
        return new EnclaveEvidence(new QuoteSource(quote), new NodeCollateral(node), genesis, time);
    }

    private static Dictionary<string, ByteString> Items(CollateralSet set) =>
        set.Names.ToDictionary(name => name, name => set.TryGet(name, out var bytes) ? ByteString.CopyFrom(bytes.Span) : ByteString.Empty);

    private sealed class QuoteSource(RealQuote quote) : IEvidenceSource
    {
        public string Kind => quote.Kind;

        public ReadOnlyMemory<byte> Measurement => quote.Authentic.Claims.Measurement;

        public ReadOnlyMemory<byte> Program => quote.Authentic.Claims.Program;

        public ValueTask<byte[]> GetEvidenceAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellation) => ValueTask.FromResult(quote.Envelope);

        public byte[] DeriveSealingKey() => RandomNumberGenerator.GetBytes(32);
    }

    private sealed class OtherProgram(SimulatedEvidenceSource source) : IEvidenceSource
    {
        public string Kind => source.Kind;

        public ReadOnlyMemory<byte> Measurement => source.Measurement;

        public ReadOnlyMemory<byte> Program { get; } = RandomNumberGenerator.GetBytes(48);

        public ValueTask<byte[]> GetEvidenceAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellation) => source.GetEvidenceAsync(reportData, cancellation);

        public byte[] DeriveSealingKey() => source.DeriveSealingKey();
    }
}
