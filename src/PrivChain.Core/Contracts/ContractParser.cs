using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using PrivChain.Core.Bytes;
using PrivChain.Core.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Contracts;

/// <summary>Reads the members of a contract, one after the other, and reports every fault before it gives up.</summary>
internal static partial class ContractParser
{
    private const int MaximumIdLength = 128;
    private const int MaximumTitleLength = 120;
    private const int MaximumTermLength = 80;
    private const int MaximumRecords = 16;
    private const int MaximumShows = 256;

    /// <summary>A contract from a JSON object, or null with at least one fault reported.</summary>
    public static PrivacyContract? Read(JsonElement root, ReadOnlySpan<byte> text, SchemaCatalog catalog, ContractFaults faults, Suite suite)
    {
        var members = new MemberReader(root, "$", faults,
            ["id", "version", "title", "controller", "purpose", "legalBasis", "records", "shows", "limits", "enclave"], ["selfAsserted"]);
        var id = Matching(members, "id", MaximumIdLength, IdForm(), "two names of lower-case letters, digits and hyphens, joined by a slash");
        members.Integer("version", 1, ushort.MaxValue, out var version);
        var title = Title(members, faults);
        var controller = Controller(members);
        var purpose = Matching(members, "purpose", MaximumTermLength, TermForm(), "a term such as dpv:CreditChecking");
        var legalBasis = Matching(members, "legalBasis", MaximumTermLength, TermForm(), "a term such as dpv:ExplicitConsent");
        var records = Records(members, catalog, faults);
        var selfAsserted = SelfAsserted(members, records, faults);
        var shows = Shows(members, records, faults);
        var limits = Limits(members, faults);
        var enclave = Enclave(members, faults);
        if (faults.Any)
        {
            return null;
        }

        var canonical = Jcs.Canonicalize(root).OrThrow();
        return new PrivacyContract
        {
            Id = id,
            Version = (int)version,
            Title = title,
            Controller = controller,
            Purpose = purpose,
            LegalBasis = legalBasis,
            Records = [.. records.Values.OfType<RecordSchema>()],
            SelfAsserted = selfAsserted,
            Shows = shows,
            Limits = limits,
            Enclave = enclave,
            Digest = suite.DigestOf(canonical),
            Text = text.ToArray(),
            CanonicalText = canonical,
        };
    }

    private static string Matching(MemberReader members, string name, int maxLength, Regex form, string wanted)
    {
        if (members.Text(name, maxLength, out var text) && !form.IsMatch(text))
        {
            members.Fault(name, $"wanted {wanted}");
        }

        return text;
    }

    private static LocalText Title(MemberReader members, ContractFaults faults)
    {
        var en = "";
        var zh = "";
        if (members.Element("title", out var element))
        {
            var title = new MemberReader(element, members.PathOf("title"), faults, ["en", "zh"]);
            title.Text("en", MaximumTitleLength, out en);
            title.Text("zh", MaximumTitleLength, out zh);
        }

        return new LocalText(en, zh);
    }

    private static AccountAddress Controller(MemberReader members)
    {
        var controller = AccountAddress.Zero;
        if (members.Text("controller", 42, out var text))
        {
            if (!AccountAddress.TryParse(text, out controller))
            {
                members.Fault("controller", "wanted an address in its EIP-55 form");
            }
            else if (controller.IsZero)
            {
                members.Fault("controller", "the template's placeholder must be replaced by the institution's account");
            }
        }

        return controller;
    }

    // By name, which is what the members of shows begin with. A null value is a record that the catalogue lacks: its fields are not reported again.
    private static Dictionary<string, RecordSchema?> Records(MemberReader members, SchemaCatalog catalog, ContractFaults faults)
    {
        var records = new Dictionary<string, RecordSchema?>(StringComparer.Ordinal);
        members.Texts("records", MaximumRecords, RecordSchema.MaxIdLength, out var ids);
        for (var i = 0; i < ids.Count; i++)
        {
            var path = $"{members.PathOf("records")}[{i}]";
            if (!RecordForm().IsMatch(ids[i]))
            {
                faults.Add(path, "wanted a record and its version, such as identity-card/1");
                continue;
            }

            if (!catalog.TryFind(ids[i], out var schema))
            {
                faults.Add(path, $"no record schema {ids[i]} is known", RefusalReason.FieldNotInContract);
            }

            if (!records.TryAdd(ids[i][..ids[i].IndexOf('/')], schema))
            {
                faults.Add(path, "two versions of one record cannot be told apart in shows");
            }
        }

        return records;
    }

    private static ImmutableArray<string> SelfAsserted(MemberReader members, Dictionary<string, RecordSchema?> records, ContractFaults faults)
    {
        members.Texts("selfAsserted", MaximumRecords, RecordSchema.MaxIdLength, out var ids);
        for (var i = 0; i < ids.Count; i++)
        {
            if (!records.Values.Any(schema => schema?.Id == ids[i]))
            {
                faults.Add($"{members.PathOf("selfAsserted")}[{i}]", "the record is not among $.records", RefusalReason.FieldNotInContract);
            }
        }

        return [.. ids];
    }

    private static ImmutableArray<ContractField> Shows(MemberReader members, Dictionary<string, RecordSchema?> records, ContractFaults faults)
    {
        var shows = ImmutableArray.CreateBuilder<ContractField>();
        if (!members.Element("shows", out var element))
        {
            return [];
        }

        if (element.ValueKind != JsonValueKind.Object || element.GetPropertyCount() is 0 or > MaximumShows)
        {
            members.Fault("shows", $"wanted an object of 1 to {MaximumShows} fields");
            return [];
        }

        foreach (var member in element.EnumerateObject())
        {
            var path = $"{members.PathOf("shows")}['{TerminalText.Neutralise(member.Name, 128)}']";
            var (form, optional) = FormParser.Read(member.Value, path, faults);
            var dot = member.Name.IndexOf('.', StringComparison.Ordinal);
            if (dot < 1 || dot == member.Name.Length - 1)
            {
                faults.Add(path, "wanted record.field");
                continue;
            }

            if (!records.TryGetValue(member.Name[..dot], out var schema))
            {
                faults.Add(path, "the record is not among $.records", RefusalReason.FieldNotInContract);
                continue;
            }

            if (schema is null)
            {
                continue;
            }

            if (!schema.TryField(member.Name[(dot + 1)..], out var field))
            {
                faults.Add(path, $"{schema.Id} has no such field", RefusalReason.FieldNotInContract);
            }
            else if (form is not null && !form.AppliesTo(field.Type))
            {
                faults.Add(path, $"the form {form.Name} does not fit a field of type {field.Type}", RefusalReason.FormNotApplicable);
            }
            else if (form is not null)
            {
                shows.Add(new ContractField(schema, field, form, optional));
            }
        }

        return shows.ToImmutable();
    }

    private static ContractLimits Limits(MemberReader members, ContractFaults faults)
    {
        if (!members.Element("limits", out var element))
        {
            return new ContractLimits(0, 0, 0, 0);
        }

        var limits = new MemberReader(element, members.PathOf("limits"), faults, ["validDays", "maxUses", "retainDays", "price"]);
        limits.Integer("validDays", 1, 3650, out var validDays);
        limits.Integer("maxUses", 1, 10_000, out var maxUses);
        limits.Integer("retainDays", 0, 36_500, out var retainDays);
        limits.Integer("price", 0, 1_000_000_000, out var price);
        return new ContractLimits((int)validDays, (int)maxUses, (int)retainDays, price);
    }

    private static EnclaveDemand Enclave(MemberReader members, ContractFaults faults)
    {
        if (!members.Element("enclave", out var element))
        {
            return new EnclaveDemand([], 0, "");
        }

        var enclave = new MemberReader(element, members.PathOf("enclave"), faults, ["acceptedEvidence", "unlikeRoots", "minimumTcb"]);
        enclave.Texts("acceptedEvidence", EnclaveDemand.KnownEvidence.Length, 32, out var evidence);
        for (var i = 0; i < evidence.Count; i++)
        {
            if (!EnclaveDemand.KnownEvidence.Contains(evidence[i]))
            {
                faults.Add($"{enclave.PathOf("acceptedEvidence")}[{i}]", $"wanted one of {string.Join(", ", EnclaveDemand.KnownEvidence)}");
            }
        }

        enclave.Integer("unlikeRoots", 1, 8, out var unlikeRoots);
        if (enclave.Text("minimumTcb", 64, out var minimumTcb) && !EnclaveDemand.KnownTcb.Contains(minimumTcb))
        {
            enclave.Fault("minimumTcb", $"wanted one of {string.Join(", ", EnclaveDemand.KnownTcb)}");
        }

        return new EnclaveDemand([.. evidence], (int)unlikeRoots, minimumTcb);
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*\\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdForm();

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*:[A-Za-z0-9]+(-[A-Za-z0-9]+)*\\z", RegexOptions.CultureInvariant)]
    private static partial Regex TermForm();

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*/[1-9][0-9]{0,4}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex RecordForm();
}
