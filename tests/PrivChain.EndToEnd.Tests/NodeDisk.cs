using Microsoft.Data.Sqlite;
using PrivChain.Core.Bytes;

namespace PrivChain.EndToEnd.Tests;

/// <summary>The operator's hand in the node's own database, while the node runs.</summary>
internal static class NodeDisk
{
    public static byte[] Record(World world, Digest digest) => One(world, "SELECT sealed FROM records WHERE digest = $digest", digest);

    public static byte[] ConsentPackage(World world, Digest consent) => One(world, "SELECT package FROM consents WHERE digest = $digest", consent);

    public static void ReplaceRecord(World world, Digest digest, byte[] content)
    {
        using var connection = Open(world);
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE records SET sealed = $content WHERE digest = $digest";
        command.Parameters.AddWithValue("$content", content);
        command.Parameters.AddWithValue("$digest", digest.ToArray());
        Assert.AreEqual(1, command.ExecuteNonQuery());
    }

    private static byte[] One(World world, string sql, Digest digest)
    {
        using var connection = Open(world);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$digest", digest.ToArray());
        return (byte[])command.ExecuteScalar()!;
    }

    private static SqliteConnection Open(World world)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(world.Deployment.Folder.Node, "records.db"), Mode = SqliteOpenMode.ReadWrite, Pooling = false,
        }.ToString());
        connection.Open();
        return connection;
    }
}
