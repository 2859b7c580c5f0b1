using Microsoft.Data.Sqlite;

namespace PrivChain.EndToEnd.Tests;

/// <summary>All that an operator holds: every byte of the files of node, witness and sealed enclave state, every value in the databases, every message.</summary>
internal sealed class OperatorsView
{
    private readonly List<(string Place, byte[] Bytes)> _pieces = [];

    public IReadOnlyList<(string Place, byte[] Bytes)> Pieces => _pieces;

    /// <summary>Adds what lies there now.</summary>
    public OperatorsView Look(World world)
    {
        var folder = world.Deployment.Folder;
        foreach (var root in (string[])[folder.Node, folder.Witness, folder.EnclaveState])
        {
            foreach (var path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
            {
                Add(path, Read(path));
                if (path.EndsWith(".db", StringComparison.Ordinal))
                {
                    // A long value is cut up over pages: here it is in one piece.
                    ReadTables(path);
                }
            }
        }

        foreach (var flow in world.Tap?.Flows() ?? [])
        {
            Add("a message", flow);
        }

        return this;
    }

    public IReadOnlyList<string> Find(Needles needles) => [.. _pieces.SelectMany(piece => needles.FindIn(piece.Place, piece.Bytes)).Distinct()];

    public bool Holds(ReadOnlyMemory<byte> bytes) => _pieces.Any(piece => piece.Bytes.AsSpan().IndexOf(bytes.Span) >= 0);

    private static byte[] Read(string path)
    {
        // A lock file is empty and cannot be opened beside its owner.
        if (new FileInfo(path).Length == 0)
        {
            return [];
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        file.CopyTo(content);
        return content.ToArray();
    }

    private void ReadTables(string path)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        var tables = new List<string>();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT name FROM sqlite_schema WHERE type = 'table'";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                tables.Add(reader.GetString(0));
            }
        }

        foreach (var table in tables)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM \"{table.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                for (var column = 0; column < reader.FieldCount; column++)
                {
                    switch (reader.GetValue(column))
                    {
                        case byte[] { Length: > 0 } bytes:
                            Add($"{path}: {table}.{reader.GetName(column)}", bytes);
                            break;
                        case string { Length: > 0 } text:
                            Add($"{path}: {table}.{reader.GetName(column)}", System.Text.Encoding.UTF8.GetBytes(text));
                            break;
                    }
                }
            }
        }
    }

    private void Add(string place, byte[] bytes) => _pieces.Add((place, bytes));
}
