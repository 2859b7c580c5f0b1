using PrivChain.Attestation.Bytes;

namespace PrivChain.Attestation.Tpm;

/// <summary>TPMS_PCR_SELECTION: registers of one bank.</summary>
/// <param name="Hash">TPM_ALG_ID of the bank.</param>
/// <param name="Registers">Numbers in ascending order, the order in which a quote hashes their values.</param>
internal sealed record PcrSelection(ushort Hash, IReadOnlyList<int> Registers)
{
    private const int MaxBanks = 16;
    private const int MaxSelectSize = 4;

    /// <summary>Reads TPML_PCR_SELECTION (part 2, section 10.9.7). False for a bank twice, or more than fits any TPM.</summary>
    public static bool TryReadAll(ref ByteReader reader, out IReadOnlyList<PcrSelection> all)
    {
        var count = reader.UInt32BigEndian();
        var selections = new List<PcrSelection>();
        all = selections;
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            var hash = reader.UInt16BigEndian();
            var bits = reader.Take(reader.Byte());
            if (bits.Length > MaxSelectSize || selections.Count == MaxBanks || selections.Exists(selection => selection.Hash == hash))
            {
                return false;
            }

            var registers = new List<int>();
            for (var register = 0; register < bits.Length * 8; register++)
            {
                if ((bits[register / 8] & (1 << (register % 8))) != 0)
                {
                    registers.Add(register);
                }
            }

            selections.Add(new PcrSelection(hash, registers));
        }

        return !reader.Failed;
    }
}
