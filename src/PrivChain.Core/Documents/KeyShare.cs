using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;

namespace PrivChain.Core.Documents;

/// <summary>
/// The keys a citizen hands over with one consent: those of the named fields and no others, the key to which copies are sealed, and the secret of the
/// <c>pseudonym</c> form. Wiped on dispose.
/// </summary>
public sealed class KeyShare : IDisposable
{
    /// <summary>Length of a part key in bytes.</summary>
    public const int KeySize = 32;

    private const byte LayoutVersion = 1;
    private const int MaxRecords = 64;
    private const int MaxParts = 1024;
    private const int MaxPublicKey = 4096;

    private readonly Dictionary<(Digest Record, ushort Part), byte[]> _keys;
    private readonly byte[] _pseudonymSecret;
    private readonly byte[] _detailsSalt;
    private bool _disposed;

    private KeyShare(
        HpkePublicKey citizenKey, byte[] pseudonymSecret, byte[] detailsSalt, Dictionary<(Digest Record, ushort Part), byte[]> keys)
    {
        CitizenKey = citizenKey;
        _pseudonymSecret = pseudonymSecret;
        _detailsSalt = detailsSalt;
        _keys = keys;
    }

    /// <summary>Takes copies of what it is given.</summary>
    /// <param name="citizenKey">Key to which copies of answers are sealed.</param>
    /// <param name="pseudonymSecret">32 bytes.</param>
    /// <param name="detailsSalt">Salt of the consent details: ties the share to this one consent.</param>
    /// <param name="keys">Record, part index and 32-byte key.</param>
    public static KeyShare Create(
        HpkePublicKey citizenKey,
        ReadOnlySpan<byte> pseudonymSecret,
        Digest detailsSalt,
        IEnumerable<(Digest Record, ushort Part, byte[] Key)> keys) =>
        new(
            citizenKey,
            pseudonymSecret.Length == KeySize ? pseudonymSecret.ToArray() : throw new ArgumentException("wanted 32 bytes", nameof(pseudonymSecret)),
            detailsSalt.ToArray(),
            keys.ToDictionary(key => (key.Record, key.Part), key => key.Key.ToArray()));

    /// <summary>Key to which copies of answers are sealed.</summary>
    public HpkePublicKey CitizenKey { get; }

    /// <summary>Salt of the consent details that this share belongs to.</summary>
    public Digest DetailsSalt => new(_detailsSalt);

    /// <summary>Secret of the <c>pseudonym</c> form, 32 bytes.</summary>
    public ReadOnlySpan<byte> PseudonymSecret
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _pseudonymSecret;
        }
    }

    /// <summary>Parts for which a key is here, by record.</summary>
    public IEnumerable<(Digest Record, ushort Part)> Parts => _keys.Keys;

    /// <summary>The key of a part, or false when the citizen did not hand it over.</summary>
    public bool TryGetKey(Digest record, ushort part, out ReadOnlySpan<byte> key)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var found = _keys.TryGetValue((record, part), out var bytes);
        key = bytes;
        return found;
    }

    /// <summary>Layout: version, salt, citizen key block, secret, then parts by record and index, ascending. The caller wipes it.</summary>
    public byte[] ToArray()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var records = _keys.Keys.Select(key => key.Record).Distinct().Order().ToList();
        var citizenKey = CitizenKey.ToArray();
        var size = 1 + Digest.Size + sizeof(uint) + citizenKey.Length + KeySize + sizeof(ushort)
            + (records.Count * (Digest.Size + sizeof(ushort))) + (_keys.Count * (sizeof(ushort) + KeySize));
        var writer = new RecordWriter(size).Byte(LayoutVersion).Raw(_detailsSalt).Block(citizenKey).Raw(_pseudonymSecret);
        writer.UInt16((ushort)records.Count);
        foreach (var record in records)
        {
            var parts = _keys.Keys.Where(key => key.Record == record).Select(key => key.Part).Order().ToList();
            writer.Digest(record).UInt16((ushort)parts.Count);
            foreach (var part in parts)
            {
                writer.UInt16(part).Raw(_keys[(record, part)]);
            }
        }

        return writer.ToArrayAndWipe();
    }

    /// <summary>Parses the layout; records and parts must be in ascending order without repetition.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out KeyShare? share)
    {
        share = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var salt = reader.Take(Digest.Size);
        var citizenKeyBytes = reader.Block(MaxPublicKey);
        var secret = reader.Take(KeySize);
        var records = reader.UInt16();
        var keys = new Dictionary<(Digest Record, ushort Part), byte[]>();
        var ordered = records <= MaxRecords;
        Digest? lastRecord = null;
        for (var i = 0; i < records && ordered && !reader.Failed; i++)
        {
            var record = reader.Digest();
            var parts = reader.UInt16();
            ordered = parts <= MaxParts && (lastRecord is null || lastRecord.Value.CompareTo(record) < 0);
            lastRecord = record;
            var lastPart = -1;
            for (var j = 0; j < parts && ordered && !reader.Failed; j++)
            {
                var part = reader.UInt16();
                ordered = part > lastPart;
                lastPart = part;
                keys[(record, part)] = reader.Take(KeySize).ToArray();
            }
        }

        if (!reader.Complete || !ordered || version != LayoutVersion || !HpkePublicKey.TryParse(citizenKeyBytes, out var citizenKey))
        {
            foreach (var key in keys.Values)
            {
                CryptographicOperations.ZeroMemory(key);
            }

            return false;
        }

        share = new KeyShare(citizenKey, secret.ToArray(), salt.ToArray(), keys);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        CryptographicOperations.ZeroMemory(_pseudonymSecret);
        foreach (var key in _keys.Values)
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
