using System.Collections.Concurrent;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using PrivChain.Signatures.Engine;
using PrivChain.Signatures.Fields;
using PrivChain.Signatures.Lanes;

namespace PrivChain.Signatures;

/// <summary>Chooses the instruction set, once, and says which.</summary>
public static class SignatureEngine
{
    // The lanes of AVX2.
    private const int Few = 4;

    private static readonly ConcurrentDictionary<(SignatureScheme Scheme, InstructionSet Instructions), Lazy<CurveEngine>> _engines = [];

    /// <summary>Variable of the environment that forces an instruction set on the whole process, for tests: <c>avx512</c>, <c>avx2</c> or <c>scalar</c>.</summary>
    public const string Setting = "PRIVCHAIN_SIGNATURES";

    private static readonly InstructionSet _best = Avx512F.IsSupported ? InstructionSet.Avx512 : Avx2.IsSupported ? InstructionSet.Avx2 : InstructionSet.Scalar;

    private static readonly Lazy<InstructionSet> _detected = new(() => Forced(Environment.GetEnvironmentVariable(Setting)));

    /// <summary>
    /// What this process uses: the best that it can, unless <see cref="Setting"/> says otherwise. A program compiled ahead of time for an older baseline says <see cref="InstructionSet.Scalar"/> on any
    /// machine: assert it at start where speed counts.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">The setting names none, or one that the machine lacks.</exception>
    public static InstructionSet Detected => _detected.Value;

    /// <summary>True where this process can use it.</summary>
    public static bool IsSupported(InstructionSet instructions) =>
        Enum.IsDefined(instructions) && instructions <= Detected && (instructions != InstructionSet.Avx2 || Avx2.IsSupported);

    /// <summary>What a setting means on this machine; none leaves the best there is.</summary>
    internal static InstructionSet Forced(string? setting)
    {
        InstructionSet? named = setting switch
        {
            null or "" => _best,
            "avx512" => InstructionSet.Avx512,
            "avx2" => InstructionSet.Avx2,
            "scalar" => InstructionSet.Scalar,
            _ => null,
        };
        return named is { } wanted && wanted <= _best && (wanted != InstructionSet.Avx2 || Avx2.IsSupported)
            ? wanted
            : throw new PlatformNotSupportedException($"{Setting}: wanted avx512, avx2 or scalar, none above {_best}, which is what this machine has; given {setting}");
    }

    internal static InstructionSet Choose(InstructionSet? wanted) => wanted is not { } instructions ? Detected
        : IsSupported(instructions) ? instructions
        : throw new PlatformNotSupportedException($"wanted {instructions}, this process has {Detected}");

    /// <summary>Engines hold tables of a few hundred kilobytes; each is made when first asked for.</summary>
    internal static CurveEngine For(SignatureScheme scheme, InstructionSet instructions) =>
        _engines.GetOrAdd((scheme, instructions), key => new Lazy<CurveEngine>(() => Create(key.Scheme, key.Instructions))).Value;

    /// <summary>Of the wider lanes those that stand idle cost as much as those that work: few items are faster by half the width, and one by itself.</summary>
    internal static CurveEngine For(SignatureScheme scheme, InstructionSet instructions, int items) =>
        For(scheme, items == 1 ? InstructionSet.Scalar : items <= Few && instructions == InstructionSet.Avx512 && IsSupported(InstructionSet.Avx2) ? InstructionSet.Avx2 : instructions);

    private static CurveEngine Create(SignatureScheme scheme, InstructionSet instructions) => scheme switch
    {
        SignatureScheme.EcdsaP256 => Create<P256Prime, P256Order>(CurveParameters.P256, () => For(scheme, InstructionSet.Scalar), instructions),
        SignatureScheme.EcdsaSecp256k1 => Create<Secp256k1Prime, Secp256k1Order>(CurveParameters.Secp256k1, () => For(scheme, InstructionSet.Scalar), instructions),
        SignatureScheme.Sm2 => Create<Sm2Prime, Sm2Order>(CurveParameters.Sm2, () => For(scheme, InstructionSet.Scalar), instructions),
        _ => throw new ArgumentOutOfRangeException(nameof(scheme), scheme, "no such scheme"),
    };

    private static CurveEngine Create<TPrime, TOrder>(CurveParameters curve, Func<CurveEngine> exact, InstructionSet instructions)
        where TPrime : struct, IPrime
        where TOrder : struct, IModulus => instructions switch
    {
        InstructionSet.Avx512 => new VectorEngine<Vector512<ulong>, Lanes512, TPrime, TOrder>(curve, exact),
        InstructionSet.Avx2 => new VectorEngine<Vector256<ulong>, Lanes256, TPrime, TOrder>(curve, exact),
        _ => new VectorEngine<ulong, LanesOne, TPrime, TOrder>(curve, exact: null),
    };
}
