using Microsoft.Data.Sqlite;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Demo;

/// <summary>What an operator can do to a record on the own disk, without the node noticing: change bytes of its ciphertext.</summary>
internal static class VaultTampering
{
    /// <summary>Turns one bit in the middle of the stored record; done twice, it is as before.</summary>
    public static void Flip(string nodeFolder, Digest record)
    {
        using var database = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(nodeFolder, "records.db"),
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
        }.ToString());
        database.Open();
        using var read = database.CreateCommand();
        read.CommandText = "SELECT sealed FROM records WHERE digest = $digest";
        read.Parameters.AddWithValue("$digest", record.ToArray());
        if (read.ExecuteScalar() is not byte[] bytes)
        {
            throw new RefusalException(new Refusal(RefusalReason.RecordMissing, $"record {record} is not on the operator's disk"));
        }

        bytes[bytes.Length / 2] ^= 0x01;
        using var write = database.CreateCommand();
        write.CommandText = "UPDATE records SET sealed = $sealed WHERE digest = $digest";
        write.Parameters.AddWithValue("$sealed", bytes);
        write.Parameters.AddWithValue("$digest", record.ToArray());
        write.ExecuteNonQuery();
    }
}
