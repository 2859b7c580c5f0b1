using static PrivChain.Attestation.AttestationRefusal;
using static PrivChain.Attestation.Explanations.RefusalMeaning;

namespace PrivChain.Attestation.Explanations;

/// <summary>One sentence for each refusal, and what it means.</summary>
internal static class RefusalWords
{
    public static (string English, string Chinese, RefusalMeaning Meaning) Of(AttestationRefusal reason) => reason switch
    {
        Malformed => ("What was shown cannot be read as proof of any protected machine.", "所出示的内容无法读作任何受保护机器的证明。", Incomplete),
        TooLarge => ("What was shown is far larger than any real proof.", "所出示的内容远大于任何真实的证明。", Incomplete),
        UnknownVersion => ("What was shown is of a make that this program does not know.", "所出示的证明属于本程序不认识的版本。", Incomplete),
        BadSignature => ("The signature is wrong, so what was shown was altered or made by somebody else.", "签名不对，所出示的内容被改动过，或者出自他人之手。", Deceit),
        NotYetValid => ("Part of the proof becomes valid only at a later time.", "证明的一部分要到以后才生效。", Clock),
        Expired => ("Part of the proof was valid once and is not any more.", "证明的一部分曾经有效，现已过期。", Outdated),
        EvidenceNotAccepted => ("This kind of proof is not among those that your rules accept.", "这种证明不在您的规则所接受的种类之中。", Rules),
        UntrustedRoot => ("The proof does not lead back to any maker whom you trust.", "这份证明追溯不到任何您信任的厂商。", Deceit),
        MeasurementNotAccepted => ("The program that runs there is not one that your rules name.", "那里运行的程序不是您的规则所列出的程序。", Rules),
        DebugEnclave => ("The program runs in a mode in which the owner of the machine can look inside.", "程序以调试方式运行，机器的主人能看到里面的一切。", Rules),
        EvidenceNotBound => ("The proof belongs to another conversation than the one you are having.", "这份证明属于另一次对话，而不是您现在的这一次。", Deceit),
        EvidenceNotFresh => ("The proof does not show that it was made just now.", "这份证明不能说明它是刚刚作出的。", Deceit),
        TcbTooOld => ("The program there is an older version than your rules allow.", "那里的程序版本比您的规则所允许的更旧。", Outdated),
        TooFewRoots => ("Fewer independent makers vouch for these machines than your rules ask for.", "为这些机器担保的独立厂商少于您的规则所要求的数目。", Rules),
        BadCollateralSignature => ("A statement of the maker that the check needs carries a wrong signature.", "核对所需的一份厂商说明，其签名不对。", Deceit),
        MalformedCollateral => ("A statement of the maker that the check needs cannot be read.", "核对所需的一份厂商说明无法读取。", Incomplete),
        MissingCollateral => ("A statement of the maker that the check needs is not there.", "缺少核对所需的一份厂商说明。", Incomplete),
        CollateralMismatch => ("The maker's statements that were given are about another machine.", "所给的厂商说明讲的是另一台机器。", Incomplete),
        CertificateRevoked => ("The maker has withdrawn the key that vouches for this machine.", "厂商已收回为这台机器担保的密钥。", Deceit),
        TcbRevoked => ("The maker says that the keys of machines in this state are lost.", "厂商声明，处于这种状态的机器，其密钥已经失守。", Deceit),
        IncompleteChain => ("A link between this machine and its maker is missing.", "这台机器与厂商之间缺少一环。", Incomplete),
        InvalidChain => ("A link between this machine and its maker breaks the rules for such links.", "这台机器与厂商之间有一环不合规矩。", Deceit),
        ChainNameMismatch => ("The links between this machine and its maker do not name each other.", "这台机器与厂商之间的各环名称对不上。", Incomplete),
        UnsupportedTcb => ("The maker's list does not have the state that this machine is in.", "厂商的清单里没有这台机器所处的状态。", Incomplete),
        QeIdentityMismatch => ("The part of the machine that signs is not the one that its maker describes.", "机器中负责签名的部分，不是厂商所描述的那一个。", Deceit),
        TdxModuleMismatch => ("The part of the machine that keeps guests apart is not one that its maker describes.", "机器中负责隔离各个租户的部分，不是厂商所描述的那一个。", Deceit),
        NonceMismatch => ("The proof answers another question than the one that was asked.", "这份证明回答的不是本次提出的问题。", Deceit),
        EventLogMismatch => ("The record of how the machine started does not agree with what it measured.", "机器的启动记录与它测量的结果不符。", Deceit),
        BindingMismatch => ("Two parts of the proof that must belong together do not.", "证明中本应相符的两部分对不上。", Deceit),
        UnknownKey => ("The proof is signed with a key that is not on the list of its service.", "这份证明所用的签名密钥不在其服务的名单上。", Deceit),
        AlgorithmNotAllowed => ("The proof is signed in a way that is not allowed for its kind.", "这份证明的签名方式不为其种类所允许。", Deceit),
        IssuerMismatch => ("The proof comes from another service than the one you trust.", "这份证明出自另一个服务，而不是您信任的那一个。", Deceit),
        WrongAttestType => ("The security chip signed something, but not a statement about this machine.", "安全芯片签署了某样东西，但不是关于这台机器的说明。", Deceit),
        UnsupportedFormat => ("What was shown is not of any kind that this program knows.", "所出示的内容不属于本程序认识的任何种类。", Incomplete),
        MissingEvidence => ("There is a wrapping, but no proof inside.", "只有外壳，里面没有证明。", Incomplete),
        TcbStatusNotAccepted => ("The machine lacks updates that your rules ask for.", "这台机器缺少您的规则所要求的更新。", Outdated),
        PlatformNotAccepted => ("The machine, or its type, is not one that your rules accept.", "这台机器或它的型号不为您的规则所接受。", Rules),
        ConditionNotAccepted => ("The machine has settings that your rules do not accept.", "这台机器的设置不为您的规则所接受。", Rules),
        UnsupportedAlgorithm => ("The proof is signed in a way that this program cannot check.", "这份证明的签名方式是本程序无法核对的。", Incomplete),
        CollateralTooOld => ("The maker's statements that were given are older than your rules allow.", "所给的厂商说明比您的规则所允许的更旧。", Incomplete),
        AdvisoryNotAccepted => ("The machine has a known weakness that your rules do not bear.", "这台机器有一个已知的弱点，您的规则不容许它。", Outdated),
        Unsigned => ("Nobody signed what was shown, so anybody can have written it.", "所出示的内容没有人签名，任何人都可能写出它。", Deceit),
        BadPolicy => ("The rules by which this was to be judged cannot be used.", "用来判断的规则本身无法使用。", Settings),
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public static string English(RefusalMeaning meaning) => meaning switch
    {
        Deceit => "Do not send it anything: whoever showed this may want to deceive you.",
        Incomplete => "This need not be deceit, but nothing is proved until it is put right, so do not send it anything.",
        Outdated => "Whoever runs it has to bring it up to date first, so do not send it anything until then.",
        Rules => "It may well be genuine, but it is not what you agreed to deal with, so do not send it anything.",
        Clock => "A clock that is wrong can be the cause, so do not send it anything until that is settled.",
        Settings => "Whoever wrote them has to mend them first, so do not send it anything until then.",
        _ => throw new ArgumentOutOfRangeException(nameof(meaning)),
    };

    public static string Chinese(RefusalMeaning meaning) => meaning switch
    {
        Deceit => "请不要向它发送任何东西，出示者可能想欺骗您。",
        Incomplete => "这未必是欺骗，但在补正之前什么也没有得到证明，请不要向它发送任何东西。",
        Outdated => "运行它的人须先更新，在此之前请不要向它发送任何东西。",
        Rules => "它可能是真的，但不是您同意打交道的对象，请不要向它发送任何东西。",
        Clock => "原因可能是时钟不准，在弄清之前请不要向它发送任何东西。",
        Settings => "写规则的人须先改正，在此之前请不要向它发送任何东西。",
        _ => throw new ArgumentOutOfRangeException(nameof(meaning)),
    };
}
