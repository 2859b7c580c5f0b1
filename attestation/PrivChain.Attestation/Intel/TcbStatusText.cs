using PrivChain.Attestation.Claims;

namespace PrivChain.Attestation.Intel;

/// <summary>Statuses as collateral writes them.</summary>
internal static class TcbStatusText
{
    /// <summary>A status of a platform's level. Others, those that only a verifier gives included, are a failure: what is not understood is not judged.</summary>
    public static TcbStatus ReadPlatform(IntelJson json, string name) => json.Text(name) switch
    {
        "UpToDate" => TcbStatus.UpToDate,
        "SWHardeningNeeded" => TcbStatus.SWHardeningNeeded,
        "ConfigurationNeeded" => TcbStatus.ConfigurationNeeded,
        "ConfigurationAndSWHardeningNeeded" => TcbStatus.ConfigurationAndSWHardeningNeeded,
        "OutOfDate" => TcbStatus.OutOfDate,
        "OutOfDateConfigurationNeeded" => TcbStatus.OutOfDateConfigurationNeeded,
        "Revoked" => TcbStatus.Revoked,
        _ => Fail(json, name),
    };

    /// <summary>A status of an enclave's or module's level: there are three.</summary>
    public static TcbStatus ReadModule(IntelJson json, string name)
    {
        var status = ReadPlatform(json, name);
        return status is TcbStatus.UpToDate or TcbStatus.OutOfDate or TcbStatus.Revoked ? status : Fail(json, name);
    }

    private static TcbStatus Fail(IntelJson json, string name)
    {
        json.Fail(name);
        return TcbStatus.Revoked;
    }
}
