using System.Globalization;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Explanations;

/// <summary>Explains verdicts to people. It says less than the verdict, never more: whoever decides by machine reads the verdict.</summary>
public static class VerdictExplanation
{
    // Enough for a person to compare with what an institution publishes; programs compare all of it.
    private const int ShownBytes = 8;

    /// <summary>A verdict of all three steps.</summary>
    public static Explanation Of(AttestationResult result, ExplanationLanguage language) =>
        result.Accepted ? Accepted(result.Enclave, language) : OfRefusal(result.Fault.Reason, language);

    /// <summary>An enclave that was accepted.</summary>
    public static Explanation Accepted(AttestedEnclave enclave, ExplanationLanguage language) => Accepted(enclave.Claims, enclave.Evidence.Context.At, language);

    /// <summary>Evidence that is genuine, where no rules were asked.</summary>
    public static Explanation OfAuthentic(AuthenticEvidence evidence, ExplanationLanguage language) => OfAuthentic(evidence.Claims, evidence.Result, language);

    /// <summary>A refusal.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="AttestationRefusal.None"/>, or a reason that does not exist.</exception>
    public static Explanation OfRefusal(AttestationRefusal reason, ExplanationLanguage language)
    {
        var (english, chinese, meaning) = RefusalWords.Of(reason);
        return language == ExplanationLanguage.Chinese
            ? new Explanation(chinese, RefusalWords.Chinese(meaning), language)
            : new Explanation(english, RefusalWords.English(meaning), language);
    }

    internal static Explanation Accepted(EnclaveClaims claims, DateTimeOffset at, ExplanationLanguage language)
    {
        if (claims.Kind == EvidenceKind.Simulated)
        {
            return language == ExplanationLanguage.Chinese
                ? new Explanation($"这只是演练：程序指纹为 {Code(claims)}，背后没有任何受保护的硬件。", $"该程序已于 {Day(at, language)} 按选定的规则检查，但运行它的人能看到您发送的一切。", language)
                : new Explanation($"This is a rehearsal: the program has the fingerprint {Code(claims)}, and no protected hardware stands behind it.", $"The program was checked on {Day(at, language)} against the chosen rules, but whoever runs it can read all that you send.", language);
        }

        var weakness = Weakness(claims, language);
        return language == ExplanationLanguage.Chinese
            ? new Explanation($"{Subject(claims, chinese: true)}，{Program(claims, language)}。", $"已于 {Day(at, language)} 按您选定的规则核对，并由{Maker(claims, language)}的密钥担保{weakness}{Until(claims, language)}。", language)
            : new Explanation($"{Subject(claims, chinese: false)}, and {Program(claims, language)}.", $"It was checked on {Day(at, language)} against the rules you chose, and the key of {Maker(claims, language)} vouches for it{weakness}{Until(claims, language)}.", language);
    }

    internal static Explanation OfAuthentic(EnclaveClaims claims, AuthenticationResult result, ExplanationLanguage language)
    {
        var chinese = language == ExplanationLanguage.Chinese;
        var what = claims.Kind == EvidenceKind.Simulated
            ? chinese ? $"这份证明只是演练，没有任何硬件作保，其中程序的指纹为 {Code(claims)}。" : $"This proof is a rehearsal that no hardware vouches for, about a program with the fingerprint {Code(claims)}."
            : chinese ? $"这份证明是真的：它来自{Hardware(claims, language)}，{Program(claims, language)}。" : $"This proof is genuine: it comes from {Hardware(claims, language)}, and {Program(claims, language)}.";
        return new Explanation(what, Open(result, chinese), language);
    }

    private static string Open(AuthenticationResult result, bool chinese) => result switch
    {
        AuthenticationResult.ValidDebug => chinese
            ? "它以调试方式运行，机器的主人能看到里面的一切，因此请不要向它发送任何东西。"
            : "It runs in a mode in which the owner of the machine can look inside, so do not send it anything.",
        AuthenticationResult.ValidTcbNotUpToDate => chinese
            ? "机器缺少厂商的更新，而且尚未核对它是否符合您的规则，因此请先不要向它发送任何东西。"
            : "The machine lacks updates of its maker, and no rules of yours were asked, so do not send it anything yet.",
        AuthenticationResult.ValidSignatureOnly => chinese
            ? "只核对了签名，没有核对厂商对这台机器现状的说明，因此请先不要向它发送任何东西。"
            : "Only signatures were checked and not what the maker says about the machine today, so do not send it anything yet.",
        AuthenticationResult.ValidWeakHash => chinese
            ? "它所用的方法可以被伪造，因此请先不要向它发送任何东西。"
            : "It was made in a way that can be forged nowadays, so do not send it anything yet.",
        AuthenticationResult.Valid or AuthenticationResult.ValidChain => chinese
            ? "尚未核对它是否符合您的规则，因此请先不要向它发送任何东西。"
            : "Nobody asked yet whether it is what your rules accept, so do not send it anything yet.",
        _ => throw new ArgumentOutOfRangeException(nameof(result)),
    };

    private static string Weakness(EnclaveClaims claims, ExplanationLanguage language)
    {
        var chinese = language == ExplanationLanguage.Chinese;
        return claims.Debug ? chinese ? "，但它以调试方式运行，机器的主人能看到里面的一切" : ", but it runs in a mode in which the owner of the machine can look inside"
            : claims.Tcb.Status > TcbStatus.UpToDate ? chinese ? "，但机器缺少厂商的更新" : ", although the machine lacks updates of its maker"
            : claims.Conditions.Count > 0 ? chinese ? "，但机器的设置较弱，您的规则容许这一点" : ", although the machine has weaker settings that your rules bear"
            : string.Empty;
    }

    private static string Until(EnclaveClaims claims, ExplanationLanguage language) =>
        claims.HoldsUntil is not { } until ? string.Empty : language == ExplanationLanguage.Chinese ? $"，有效至{Day(until, language)}" : $", until {Day(until, language)}";

    // Protected is only what the hardware protects: a security chip, a device or a graphics processor says what it is, and keeps nobody from looking into a machine's memory.
    private static string Subject(EnclaveClaims claims, bool chinese)
    {
        var hardware = Hardware(claims, chinese ? ExplanationLanguage.Chinese : ExplanationLanguage.English);
        return (claims.Measurement.IsEmpty ? MeasuredSubject.Other : MeasuredWords.Of(claims).Subject, chinese) switch
        {
            (MeasuredSubject.Program, true) => $"这个受保护的程序运行在{hardware}上",
            (MeasuredSubject.Program, false) => $"This protected program runs on {hardware}",
            (MeasuredSubject.VirtualMachine, true) => $"这台受保护的虚拟机运行在{hardware}上",
            (MeasuredSubject.VirtualMachine, false) => $"This protected virtual machine runs on {hardware}",
            (_, true) => $"这份证明来自{hardware}",
            (_, false) => $"This proof comes from {hardware}",
        };
    }

    // Some tokens vouch for a machine and name no program (a virtual machine with trusted launch, a token of a server).
    private static string Program(EnclaveClaims claims, ExplanationLanguage language) => (claims.Measurement.Length >= ShownBytes, language == ExplanationLanguage.Chinese) switch
    {
        (true, true) => $"{MeasuredWords.Of(claims).Chinese}的指纹为 {Code(claims)}",
        (true, false) => $"{MeasuredWords.Of(claims).English} has the fingerprint {Code(claims)}",
        (false, true) => "但没有说明运行的是哪个程序",
        (false, false) => "it does not say which program runs there",
    };

    private static string Code(EnclaveClaims claims) => string.Join(' ', Convert.ToHexStringLower(claims.Measurement.Span[..ShownBytes]).Chunk(4).Select(group => new string(group)));

    private static string Day(DateTimeOffset day, ExplanationLanguage language) =>
        day.UtcDateTime.ToString(language == ExplanationLanguage.Chinese ? "yyyy'年'M'月'd'日'" : "d MMMM yyyy", CultureInfo.InvariantCulture);

    private static string Hardware(EnclaveClaims claims, ExplanationLanguage language)
    {
        var (english, chinese) = MakerWords.Hardware(claims.Tee);
        return language == ExplanationLanguage.Chinese ? chinese : english;
    }

    private static string Maker(EnclaveClaims claims, ExplanationLanguage language)
    {
        var (english, chinese) = MakerWords.Maker(claims.Root.Kind);
        return language == ExplanationLanguage.Chinese ? chinese : english;
    }
}
