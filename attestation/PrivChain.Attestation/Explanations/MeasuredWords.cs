using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Explanations;

/// <summary>What a measurement is of. Only some kinds of evidence measure a program; the words for the others must not claim more.</summary>
/// <param name="English">Begins a clause that ends in "has the fingerprint …".</param>
/// <param name="Chinese">The same, before "的指纹为…".</param>
/// <param name="Subject">What runs on the hardware.</param>
internal sealed record MeasuredWords(string English, string Chinese, MeasuredSubject Subject)
{
    private static readonly MeasuredWords _program = new("the program", "程序", MeasuredSubject.Program);
    private static readonly MeasuredWords _guest = new("the software that it was started with", "其启动软件", MeasuredSubject.VirtualMachine);
    private static readonly MeasuredWords _cloudGuest = new("the software of Microsoft's cloud that it was started with", "启动它的微软云自带软件", MeasuredSubject.VirtualMachine);
    private static readonly MeasuredWords _boot = new("the way in which that machine started", "该机器的启动过程", MeasuredSubject.Other);
    private static readonly MeasuredWords _key = new("a key of that security chip", "该安全芯片的一把密钥", MeasuredSubject.Other);
    private static readonly MeasuredWords _device = new("the software built into it", "其内置软件", MeasuredSubject.Other);
    private static readonly MeasuredWords _stated = new("what it says to run", "它自称运行的内容", MeasuredSubject.Other);

    public static MeasuredWords Of(EnclaveClaims claims) => claims.Kind switch
    {
        _ when claims.MeasuresKey => _key,
        EvidenceKind.AzureSevSnp or EvidenceKind.AzureTdx => _cloudGuest,
        EvidenceKind.Eat => _stated,
        _ => claims.Tee switch
        {
            "tdx" or "sev-snp" or "arm-cca" => _guest,
            "tpm" => _boot,
            "dice" or "gpu" or "arm-psa" => _device,
            _ => _program,
        },
    };
}
