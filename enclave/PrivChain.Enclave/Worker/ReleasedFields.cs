using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Broker;

namespace PrivChain.Enclave.Worker;

/// <summary>
/// Opens and verifies the fields that one query names and computes the answer. Plaintext lives as long as the call. JSON values are managed objects and cannot be
/// wiped, only dropped; keys are wiped.
/// </summary>
internal static class ReleasedFields
{
    /// <summary>The answer to a query under a release; one record that does not verify refuses all of it.</summary>
    /// <param name="release">The release.</param>
    /// <param name="query">The query, which the broker judged.</param>
    /// <param name="share">The released keys.</param>
    /// <param name="pseudonymSecret">From the share; the caller wipes it.</param>
    /// <param name="sources">Sealed records by schema id.</param>
    public static Verdict<ComputedAnswer> Compute(
        Release release, QueryDocument query, KeyShare share, ReadOnlyMemory<byte> pseudonymSecret, IReadOnlyDictionary<string, SourceRecord> sources)
    {
        var contract = release.Contract;
        var wanted = query.Fields.Count == 0 ? release.Details.Fields : query.Fields;
        var optional = contract.Shows.Where(field => field.Optional && wanted.Contains(field.Name, StringComparer.Ordinal)).Select(field => field.Name).ToList();
        var needed = ContractEvaluator.FieldsNeeded(contract, optional);
        if (!needed.Accepted)
        {
            return needed.Refusal;
        }

        var values = new Dictionary<string, IReadOnlyDictionary<string, JsonElement>>(StringComparer.Ordinal);
        var read = new List<SourceRecord>();
        foreach (var schema in contract.Records)
        {
            var fields = needed.Value.Where(field => field.Record.Id == schema.Id).Select(field => field.Field.Name).ToList();
            if (fields.Count == 0)
            {
                continue;
            }

            if (!sources.TryGetValue(schema.Id, out var source))
            {
                return Verdict<ComputedAnswer>.Refuse(RefusalReason.RecordMissing, schema.Id);
            }

            var opened = Open(source, fields, share);
            if (!opened.Accepted)
            {
                return opened.Refusal;
            }

            values.Add(schema.Id, opened.Value);
            read.Add(source);
        }

        var evaluated = ContractEvaluator.Evaluate(contract, optional, values, new FormContext
        {
            // Ages are computed for the day of the use by the ledger's time, so a host cannot choose the day.
            Today = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds((long)release.UseTime).UtcDateTime),
            Controller = contract.Controller,
            PseudonymSecret = pseudonymSecret,
            Suite = query.Suite,
        });
        if (!evaluated.Accepted)
        {
            return evaluated.Refusal;
        }

        var answered = needed.Value.OrderBy(field => field.Name, StringComparer.Ordinal).ToList();
        return new ComputedAnswer
        {
            Answer = evaluated.Value.Bytes,
            Fields = [.. answered.Select(field => field.Name)],
            Forms = [.. answered.Select(field => field.Form.Name)],
            Records = [.. read.Select(source => source.Record.Digest)],
            Issuers = [.. read.Select(source => source.Issuer)],
        };
    }

    private static Verdict<Dictionary<string, JsonElement>> Open(SourceRecord source, IReadOnlyList<string> fields, KeyShare share)
    {
        var keys = KeysFor(source, fields, share);
        if (!keys.Accepted)
        {
            return keys.Refusal;
        }

        using (keys.Value)
        {
            if (source.IssuerKeys is null)
            {
                var stated = source.Record.OpenSelfAsserted(source.Schema, keys.Value);
                return stated.Accepted ? Given(stated.Value) : stated.Refusal;
            }

            Refusal? refusal = null;
            foreach (var issuerKey in source.IssuerKeys)
            {
                var opened = source.Record.Open(source.Schema, keys.Value, issuerKey);
                if (opened.Accepted)
                {
                    return Given(opened.Value);
                }

                refusal = opened.Refusal;
            }

            // A token that none of the issuer's enrolled keys signed.
            return refusal!.Reason == RefusalReason.BadSignature ? new Refusal(RefusalReason.IssuerNotTrusted, source.Schema.Id) : refusal;
        }
    }

    private static Dictionary<string, JsonElement> Given(PartialRecord record) =>
        record.Values.Where(value => value.Value is not null).ToDictionary(value => value.Key, value => value.Value!.Value, StringComparer.Ordinal);

    // The issuer's part and the named fields, and nothing else, even where the share has more.
    private static Verdict<RecordKeys> KeysFor(SourceRecord source, IReadOnlyList<string> fields, KeyShare share)
    {
        var parts = fields.Select(name => source.Schema.IndexOf(name) + 1).Prepend(RecordKeys.IssuerPart).Distinct().Order().ToList();
        var bytes = new byte[sizeof(ushort) + (parts.Count * (sizeof(ushort) + KeyShare.KeySize))];
        try
        {
            var at = sizeof(ushort);
            BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)parts.Count);
            foreach (var part in parts)
            {
                if (!share.TryGetKey(source.Record.Digest, (ushort)part, out var key))
                {
                    return Verdict<RecordKeys>.Refuse(RefusalReason.CannotOpen, $"{source.Schema.Id}: the key of part {part} was not handed over");
                }

                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), (ushort)part);
                key.CopyTo(bytes.AsSpan(at + sizeof(ushort)));
                at += sizeof(ushort) + KeyShare.KeySize;
            }

            return RecordKeys.Parse(source.Schema, bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
