using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Aead;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Records;

/// <summary>
/// A record as the vault stores it: an issuer's SD-JWT whose token and disclosures are each encrypted under a key of their own, and those
/// keys sealed to the holder. All integers are big-endian; a block is a four-byte length and that many bytes.
/// </summary>
/// <remarks>
/// <code>
/// magic        4   "PCR1"
/// suite        2   KEM of the key bundle: 0x647a X-Wing, 0x0020 X25519, parts are AES-256-GCM with either; 0xff02 SM2, parts are SM4-GCM
/// salt        32   random; makes the record's digest unlinkable to its content
/// schema       block of UTF-8, at most 72 bytes: identity-card/1
/// holder      20   account address
/// parts        2   number of parts: one more than the schema has fields
/// part 0       block: the issuer's compact JWT, sealed
/// part i       block: the disclosure of the schema's i-th field (the JSON array, UTF-8; its SD-JWT text is base64url of it), sealed
/// bundle       block: SealedBox to the holder, label privchain/key-bundle/v1, context SHA-256 of all bytes before this block's length,
///              plaintext the 32-byte keys of all parts in order
/// </code>
/// A sealed part is AES-256-GCM(key, nonce of 12 zero bytes, associated data, padded) with the tag behind the ciphertext. Padded is the
/// size-class block of <see cref="SizeClass"/>; a field's class is fixed by its schema (<see cref="RecordField.PaddedSize"/>), whatever the
/// value, and an absent field has the value null. Associated data: <c>privchain/record-part/v1</c>, a zero byte, salt, block of schema,
/// holder, suite (2), block of field name (empty for part 0), part index (2). The record's digest is SHA-256 of
/// <c>privchain/record/v1</c>, a zero byte, and all bytes. With SM2 the first 16 bytes of a part's key are the key of SM4-GCM and the next 12 its nonce (the last 4 are not used), and
/// SM3 takes SHA-256's place in digest and bundle.
/// </remarks>
public sealed class SealedRecord
{
    /// <summary>Largest record accepted: fits one message with room for its envelope.</summary>
    public const int MaxSize = 262144;

    private const int SaltSize = 32;
    private const int MaxPartSize = 65536 + Aes256Gcm.TagSize;
    private const int MaxBundleSize = 16384;

    // A part's key is random, is used for this one message and never again, so the fixed nonce cannot repeat under it.
    private static readonly byte[] OnlyNonce = new byte[Aes256Gcm.NonceSize];

    private readonly byte[] _bytes;
    private readonly Range[] _parts;
    private readonly Range _bundle;
    private readonly byte[] _salt;

    private SealedRecord(byte[] bytes, HpkeKem suite, byte[] salt, string schemaId, AccountAddress holder, Range[] parts, Range bundle)
    {
        (_bytes, Suite, _salt, SchemaId, Holder, _parts, _bundle) = (bytes, suite, salt, schemaId, holder, parts, bundle);
        Digest = Suites.Suite.Of(suite).DigestOf(Labels.Record, bytes);
    }

    /// <summary>The whole record, as stored and hashed.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>What the ledger's anchor names.</summary>
    public Digest Digest { get; }

    /// <summary>KEM of the key bundle.</summary>
    public HpkeKem Suite { get; }

    /// <summary>Id of the schema that the record says it follows.</summary>
    public string SchemaId { get; }

    /// <summary>Whom the record says it is about; the issuer's token must say the same.</summary>
    public AccountAddress Holder { get; }

    /// <summary>Number of parts: the issuer's token and the fields.</summary>
    public int PartCount => _parts.Length;

    /// <summary>Signs and seals a record; <see cref="RefusalReason.WrongSuite"/> where the keys of issuer and holder are of unlike suites.</summary>
    /// <param name="schema">Schema of the claims.</param>
    /// <param name="claims">The record in the clear; refused unless it follows the schema.</param>
    /// <param name="issuerKey">The issuer's key.</param>
    /// <param name="issuer">The issuer's id, as the token will name it: 1 to 200 bytes of UTF-8. The holder's account: what the holder states of themselves.</param>
    /// <param name="holder">Whom the record is about.</param>
    /// <param name="holderKey">The key to which the part keys are sealed.</param>
    /// <param name="issuedAt">Unix seconds.</param>
    public static Verdict<SealedRecord> Create(
        RecordSchema schema, JsonElement claims, IssuerKey issuerKey, string issuer, AccountAddress holder, HpkePublicKey holderKey, long issuedAt)
    {
        if (issuer.Length == 0 || Encoding.UTF8.GetByteCount(issuer) > RecordCredential.MaxIssuerLength)
        {
            throw new ArgumentException($"an issuer id has 1 to {RecordCredential.MaxIssuerLength} bytes", nameof(issuer));
        }

        var suite = Suites.Suite.Of(holderKey.Kem);
        if (!suite.UsesIssuerAlgorithm(issuerKey.Algorithm))
        {
            return Verdict<SealedRecord>.Refuse(RefusalReason.WrongSuite, $"a record signed by {issuerKey.Algorithm} for a holder of the {suite} suite");
        }

        var valid = schema.Validate(claims);
        if (!valid.Accepted)
        {
            return valid.Refusal;
        }

        var (token, disclosures) = RecordCredential.Issue(schema, valid.Value, issuerKey, issuer, holder, issuedAt);
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        var keys = RandomNumberGenerator.GetBytes((disclosures.Length + 1) * Aes256Gcm.KeySize);
        try
        {
            var writer = new RecordWriter().Raw("PCR1"u8).UInt16((ushort)holderKey.Kem).Raw(salt).Text(schema.Id).Address(holder)
                .UInt16((ushort)(disclosures.Length + 1));
            for (var part = 0; part <= disclosures.Length; part++)
            {
                var content = part == RecordKeys.IssuerPart ? Encoding.ASCII.GetBytes(token) : disclosures[part - 1];
                var field = part == RecordKeys.IssuerPart ? null : schema.Fields[part - 1];
                var padded = SizeClass.Pad(content, field?.PaddedSize ?? 0);
                var context = Context(salt, schema.Id, holder, holderKey.Kem, field?.Name, part);
                writer.Block(SealPart(holderKey.Kem, keys.AsSpan(part * Aes256Gcm.KeySize, Aes256Gcm.KeySize), context, padded));
            }

            var sealedParts = writer.ToArray();
            writer.Block(SealedBox.Seal(holderKey, Labels.KeyBundle, BundleContext(holderKey.Kem, sealedParts), keys));
            return TryParse(writer.ToArray(), out var record)
                ? record
                : Verdict<SealedRecord>.Refuse(RefusalReason.TooLarge, $"{schema.Id}: a sealed record has at most {MaxSize} bytes");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    /// <summary>Signs and seals a record given as a tree.</summary>
    public static Verdict<SealedRecord> Create(
        RecordSchema schema, JsonObject claims, IssuerKey issuerKey, string issuer, AccountAddress holder, HpkePublicKey holderKey, long issuedAt)
    {
        var canonical = Json.Jcs.Canonicalize(claims);
        return canonical.Accepted
            ? Create(schema, JsonElement.Parse(canonical.Value), issuerKey, issuer, holder, holderKey, issuedAt)
            : canonical.Refusal;
    }

    /// <summary>Reads the layout; nothing is opened or believed yet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SealedRecord? record)
    {
        record = null;
        if (bytes.Length > MaxSize)
        {
            return false;
        }

        var reader = new RecordReader(bytes);
        var known = reader.Take(4).SequenceEqual("PCR1"u8);
        var suite = (HpkeKem)reader.UInt16();
        var salt = reader.Take(SaltSize);
        var schemaId = reader.Text(RecordSchema.MaxIdLength);
        var holder = reader.Address();
        var count = reader.UInt16();
        if (reader.Failed || !known || suite is not (HpkeKem.XWing or HpkeKem.X25519 or HpkeKem.Sm2) || !IsSchemaId(schemaId) || count < 2 || count > 129)
        {
            return false;
        }

        var parts = new Range[count];
        for (var i = 0; i < count; i++)
        {
            var length = reader.Block(MaxPartSize).Length;
            var end = bytes.Length - reader.Remaining;
            if (reader.Failed || SizeClass.Sizes.IndexOf(length - Aes256Gcm.TagSize) < 0)
            {
                return false;
            }

            parts[i] = (end - length)..end;
        }

        var bundleLength = reader.Block(MaxBundleSize).Length;
        if (!reader.Complete || bundleLength == 0)
        {
            return false;
        }

        record = new SealedRecord(bytes.ToArray(), suite, salt.ToArray(), schemaId, holder, parts, (bytes.Length - bundleLength)..);
        return true;
    }

    /// <summary>Opens the key bundle with the holder's key.</summary>
    public Verdict<RecordKeys> OpenBundle(RecordSchema schema, HpkePrivateKey holderKey)
    {
        if (MisfitOf(schema) is { } misfit)
        {
            return misfit;
        }

        var bound = BundleContext(Suite, _bytes.AsSpan(0, _bundle.Start.Value - sizeof(uint)));
        if (!SealedBox.TryOpen(holderKey, Labels.KeyBundle, bound, _bytes.AsSpan(_bundle), out var keys))
        {
            return Verdict<RecordKeys>.Refuse(RefusalReason.CannotOpen, "the key bundle is for another key, or was changed");
        }

        if (keys.Length == _parts.Length * Aes256Gcm.KeySize)
        {
            return RecordKeys.OfAll(schema, keys);
        }

        CryptographicOperations.ZeroMemory(keys);
        return Verdict<RecordKeys>.Refuse(RefusalReason.Malformed, "the key bundle has another number of keys");
    }

    /// <summary>The content of one part: for part 0 the token's ASCII, for others a disclosure's JSON. The tag holds; the issuer is not checked.</summary>
    public Verdict<byte[]> OpenPart(RecordSchema schema, int part, ReadOnlySpan<byte> key)
    {
        if (MisfitOf(schema) is { } misfit)
        {
            return misfit;
        }

        if (part < 0 || part >= _parts.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(part));
        }

        var field = part == RecordKeys.IssuerPart ? null : schema.Fields[part - 1];
        if (!TryOpenPart(Suite, key, Context(_salt, SchemaId, Holder, Suite, field?.Name, part), _bytes.AsSpan(_parts[part]), out var padded))
        {
            return Verdict<byte[]>.Refuse(RefusalReason.CannotOpen, $"{SchemaId} part {part}: the key is of another part, or the part was changed");
        }

        try
        {
            return SizeClass.TryUnpad(padded, out var content)
                ? content.ToArray()
                : Verdict<byte[]>.Refuse(RefusalReason.Malformed, $"{SchemaId} part {part}: padding");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(padded);
        }
    }

    /// <summary>
    /// Opens and verifies the fields whose keys are given, with the key of part 0: issuer's signature, holder, schema, and every
    /// field's disclosure and value. One fault refuses all of it.
    /// </summary>
    /// <param name="schema">The schema of <see cref="SchemaId"/>.</param>
    /// <param name="keys">Keys of part 0 and of some fields.</param>
    /// <param name="issuerKey">The key that the ledger names for the issuer.</param>
    public Verdict<PartialRecord> Open(RecordSchema schema, RecordKeys keys, JwsKey issuerKey) =>
        Open(schema, keys, token => RecordCredential.Verify(token, schema, issuerKey));

    /// <summary>
    /// As <see cref="Open(RecordSchema, RecordKeys, JwsKey)"/> for what the holder states of themselves. Believe it only of a record whose anchor its holder signed (<see cref="Ledger.AnchoredRecord.IsSelfAsserted"/>).
    /// </summary>
    /// <param name="schema">The schema of <see cref="SchemaId"/>.</param>
    /// <param name="keys">Keys of part 0 and of some fields.</param>
    public Verdict<PartialRecord> OpenSelfAsserted(RecordSchema schema, RecordKeys keys) =>
        Open(schema, keys, token => RecordCredential.VerifySelfAsserted(token, schema, Suites.Suite.Of(Suite)));

    private Verdict<PartialRecord> Open(RecordSchema schema, RecordKeys keys, Func<string, Verdict<RecordCredential>> verify)
    {
        if (!keys.Has(RecordKeys.IssuerPart))
        {
            return Verdict<PartialRecord>.Refuse(RefusalReason.CannotOpen, "the key of the issuer's token is not here");
        }

        var token = OpenPart(schema, RecordKeys.IssuerPart, keys.KeyOf(RecordKeys.IssuerPart));
        if (!token.Accepted)
        {
            return token.Refusal;
        }

        var credential = verify(Encoding.Latin1.GetString(token.Value));
        if (!credential.Accepted)
        {
            return credential.Refusal;
        }

        // The outer holder is what vault and ledger see; the signed one is who it is about.
        if (credential.Value.Holder != Holder)
        {
            return Verdict<PartialRecord>.Refuse(RefusalReason.NotYours, "the issuer signed this record for another holder");
        }

        var values = new Dictionary<string, JsonElement?>(StringComparer.Ordinal);
        var disclosures = new List<Disclosure>();
        for (var i = 0; i < schema.Fields.Count; i++)
        {
            if (!keys.Has(i + 1))
            {
                continue;
            }

            var opened = OpenField(schema, i, keys, credential.Value, disclosures);
            if (!opened.Accepted)
            {
                return opened.Refusal;
            }

            values.Add(schema.Fields[i].Name, opened.Value.ValueKind == JsonValueKind.Null ? null : opened.Value);
        }

        return new PartialRecord(credential.Value, values, disclosures);
    }

    private Verdict<JsonElement> OpenField(RecordSchema schema, int position, RecordKeys keys, RecordCredential credential, List<Disclosure> disclosures)
    {
        var content = OpenPart(schema, position + 1, keys.KeyOf(position + 1));
        if (!content.Accepted)
        {
            return content.Refusal;
        }

        var disclosure = Disclosure.ParseJson(content.Value);
        if (!disclosure.Accepted)
        {
            return disclosure.Refusal;
        }

        disclosures.Add(disclosure.Value);
        return credential.Accept(schema.Fields[position], disclosure.Value);
    }

    // A part of another size than its field's would tell its reader's vault something about the value.
    private Refusal? MisfitOf(RecordSchema schema)
    {
        if (schema.Id != SchemaId || schema.Fields.Count + 1 != _parts.Length)
        {
            return new Refusal(RefusalReason.SchemaViolation, $"the record follows {SchemaId}, given {schema.Id}");
        }

        for (var i = 0; i < schema.Fields.Count; i++)
        {
            var (start, end) = (_parts[i + 1].Start.Value, _parts[i + 1].End.Value);
            if (end - start != schema.Fields[i].PaddedSize + Aes256Gcm.TagSize)
            {
                return new Refusal(RefusalReason.SchemaViolation, $"{schema.Fields[i].Name}: the sealed part has not the size of its field");
            }
        }

        return null;
    }

    private static bool IsSchemaId(string id) =>
        id.Length > 2 && id.Count(character => character == '/') == 1 && !id.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-/");

    private static byte[] BundleContext(HpkeKem suite, ReadOnlySpan<byte> sealedParts) => Suites.Suite.Of(suite).DigestOf(sealedParts).ToArray();

    private static byte[] SealPart(HpkeKem suite, ReadOnlySpan<byte> key, ReadOnlySpan<byte> context, ReadOnlySpan<byte> padded) => suite == HpkeKem.Sm2
        ? Sm4Gcm.Seal(key[..Sm4Gcm.KeySize], key.Slice(Sm4Gcm.KeySize, Sm4Gcm.NonceSize), context, padded)
        : Aes256Gcm.Seal(key, OnlyNonce, context, padded);

    private static bool TryOpenPart(HpkeKem suite, ReadOnlySpan<byte> key, ReadOnlySpan<byte> context, ReadOnlySpan<byte> part, [NotNullWhen(true)] out byte[]? padded) => suite == HpkeKem.Sm2
        ? Sm4Gcm.TryOpen(key[..Sm4Gcm.KeySize], key.Slice(Sm4Gcm.KeySize, Sm4Gcm.NonceSize), context, part, out padded)
        : Aes256Gcm.TryOpen(key, OnlyNonce, context, part, out padded);

    private static byte[] Context(ReadOnlySpan<byte> salt, string schemaId, AccountAddress holder, HpkeKem suite, string? field, int part) =>
        new RecordWriter().Raw(Encoding.ASCII.GetBytes(Labels.RecordPart)).Byte(0).Raw(salt).Text(schemaId).Address(holder)
            .UInt16((ushort)suite).Text(field ?? string.Empty).UInt16((ushort)part).ToArray();
}
