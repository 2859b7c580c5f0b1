using System.Globalization;
using PrivChain.Attestation.Claims;

namespace PrivChain.Attestation.Intel;

/// <summary>A TCB level of a platform.</summary>
/// <param name="Sgx">16 security versions.</param>
/// <param name="PceSvn">Of the provisioning certification enclave.</param>
/// <param name="Tdx">16 security versions, or empty in TCB info for SGX.</param>
/// <param name="Status">Its status.</param>
/// <param name="Date">Its date.</param>
/// <param name="Advisories">What is open at this level.</param>
internal sealed record TcbLevel(ReadOnlyMemory<byte> Sgx, ushort PceSvn, ReadOnlyMemory<byte> Tdx, TcbStatus Status, DateTimeOffset Date, IReadOnlyList<string> Advisories)
{
    private const int Count = PckExtension.ComponentCount;

    /// <summary>Reads a level: version 3 lists components, version 2 has a member for each.</summary>
    public static TcbLevel Read(IntelJson json, uint version, bool tdx)
    {
        var tcb = json.Object("tcb");
        return new TcbLevel(
            version == TcbInfo.Version2 ? Named(tcb) : Listed(tcb, "sgxtcbcomponents"),
            tcb.UInt16("pcesvn"),
            tdx ? Listed(tcb, "tdxtcbcomponents") : default,
            TcbStatusText.ReadPlatform(json, "tcbStatus"),
            json.Date("tcbDate"),
            json.OptionalTexts("advisoryIDs"));
    }

    public bool IsSame(TcbLevel other) => PceSvn == other.PceSvn && Sgx.Span.SequenceEqual(other.Sgx.Span) && Tdx.Span.SequenceEqual(other.Tdx.Span);

    /// <summary>True when every component of the platform is at least this level's.</summary>
    public bool IsReachedBy(ReadOnlySpan<byte> sgx, ushort pceSvn) => pceSvn >= PceSvn && AllReach(sgx, Sgx.Span, 0);

    /// <summary>True when every TDX component is at least this level's. With a module of major version 1 or more, components 0 and 1 are the module's, which its own identity judges.</summary>
    public bool IsReachedByTdx(ReadOnlySpan<byte> teeTcbSvn) => AllReach(teeTcbSvn, Tdx.Span, teeTcbSvn[1] > 0 ? 2 : 0);

    private static bool AllReach(ReadOnlySpan<byte> given, ReadOnlySpan<byte> wanted, int from)
    {
        if (given.Length != wanted.Length)
        {
            return false;
        }

        for (var i = from; i < given.Length; i++)
        {
            if (given[i] < wanted[i])
            {
                return false;
            }
        }

        return true;
    }

    private static byte[] Listed(IntelJson tcb, string name)
    {
        var components = tcb.Objects(name);
        if (components.Count != Count)
        {
            tcb.Fail(name);
        }

        return [.. components.Select(component => component.UInt8("svn"))];
    }

    private static byte[] Named(IntelJson tcb) => [.. Enumerable.Range(1, Count).Select(number => tcb.UInt8($"sgxtcbcomp{number.ToString("00", CultureInfo.InvariantCulture)}svn"))];
}
