using System.Security.Cryptography;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Sources.Tpm;

/// <summary>
/// A secret that this TPM opens while the chosen PCRs have the values they had when it was made: what was booted, not which program asks. Two files in a folder hold it, sealed under the owner's primary key; the first
/// call makes them. It crosses the bus to the TPM in the clear.
/// </summary>
internal static class TpmSeal
{
    private const string PublicFile = "tpm-seal.pub";
    private const string PrivateFile = "tpm-seal.priv";

    /// <summary>32 bytes; the caller wipes them.</summary>
    /// <param name="tools">The TPM.</param>
    /// <param name="pcrs">Bank and registers, such as <c>sha256:0,1,7</c>.</param>
    /// <param name="folder">Where the sealed files lie.</param>
    /// <exception cref="EvidenceSourceException">The TPM did not open it: another TPM, or other PCR values.</exception>
    public static byte[] OpenOrCreate(TpmTools tools, string pcrs, string folder)
    {
        var publicPath = Path.Combine(folder, PublicFile);
        var privatePath = Path.Combine(folder, PrivateFile);
        tools.Flush();
        tools.Run("tpm2_createprimary", ["-Q", "-C", "o", "-g", "sha256", "-G", "ecc", "-c", "primary.ctx"]);
        if (!File.Exists(publicPath) || !File.Exists(privatePath))
        {
            Create(tools, pcrs);
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

            // Dies between the two: the next start makes a new secret, and nothing was sealed under the lost one yet.
            File.WriteAllBytes(privatePath, tools.Read(PrivateFile));
            File.WriteAllBytes(publicPath, tools.Read(PublicFile));
        }

        tools.Flush();
        tools.Run("tpm2_load", ["-Q", "-C", "primary.ctx", "-u", publicPath, "-r", privatePath, "-c", "sealed.ctx"]);
        tools.Flush();
        var secret = tools.Run("tpm2_unseal", ["-c", "sealed.ctx", "-p", "pcr:" + pcrs]);
        tools.Flush();
        return secret.Length == SealingKey.Size ? secret : throw new EvidenceSourceException(EvidenceSourceFault.BadAnswer, EvidenceKind.Tpm, $"an unsealed secret of {secret.Length} bytes");
    }

    private static void Create(TpmTools tools, string pcrs)
    {
        tools.Run("tpm2_startauthsession", ["-Q", "-S", "trial.ctx"]);
        tools.Run("tpm2_policypcr", ["-Q", "-S", "trial.ctx", "-l", pcrs, "-L", "pcr.policy"]);
        tools.Run("tpm2_flushcontext", ["trial.ctx"]);
        var secret = RandomNumberGenerator.GetBytes(SealingKey.Size);
        try
        {
            // No user authorization: only the policy opens it, and nothing can be guessed.
            tools.Run("tpm2_create", ["-Q", "-C", "primary.ctx", "-L", "pcr.policy", "-a", "fixedtpm|fixedparent|noda", "-i", "-", "-u", PublicFile, "-r", PrivateFile], secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
