using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Explanations;

/// <summary>What people call hardware and those who vouch for it.</summary>
internal static class MakerWords
{
    /// <summary>Words for what protects a program (<see cref="Claims.EnclaveClaims.Tee"/>).</summary>
    public static (string English, string Chinese) Hardware(string tee) => tee switch
    {
        "sgx" => ("an Intel processor (SGX)", "英特尔处理器（SGX）"),
        "tdx" => ("an Intel processor (TDX)", "英特尔处理器（TDX）"),
        "sev-snp" => ("an AMD processor (SEV-SNP)", "AMD 处理器（SEV-SNP）"),
        "nitro" => ("a machine of Amazon's (Nitro)", "亚马逊的机器（Nitro）"),
        "tpm" => ("a machine with a security chip (TPM)", "带安全芯片（TPM）的机器"),
        "arm-cca" => ("an Arm processor (CCA)", "Arm 处理器（CCA）"),
        "arm-psa" => ("an Arm device (PSA)", "Arm 设备（PSA）"),
        "dice" => ("a device with keys of its own (DICE)", "自带密钥的设备（DICE）"),
        "gpu" => ("a graphics processor of NVIDIA's", "英伟达图形处理器"),
        _ => ("hardware of another kind", "其他种类的硬件"),
    };

    /// <summary>Words for who owns a root (<see cref="RootKind"/>).</summary>
    public static (string English, string Chinese) Maker(string rootKind) => rootKind switch
    {
        RootKind.Intel => ("Intel", "英特尔"),
        RootKind.Amd => ("AMD", "AMD"),
        RootKind.Nitro => ("Amazon", "亚马逊"),
        RootKind.Nvidia => ("NVIDIA", "英伟达"),
        RootKind.Maa => ("a service of Microsoft's", "微软的服务"),
        RootKind.Dice => ("the members who run this network", "运行本网络的成员"),
        _ => ("a maker whom you trust", "您信任的厂商"),
    };
}
