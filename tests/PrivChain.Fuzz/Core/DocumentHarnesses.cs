using System.Text;
using PrivChain.Core.Consent;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Json;
using PrivChain.Core.Records;
using PrivChain.Core.SignIn;
using PrivChain.Core.TypedData;

namespace PrivChain.Fuzz.Core;

/// <summary>Documents, records and contracts. A refusal must name a reason; what is taken and has one encoding must be written again as it came.</summary>
internal static class DocumentHarnesses
{
    public static IReadOnlyList<Harness> All { get; } =
    [
        Harness.OfOneEncoding("request-refusal", bytes => RequestRefusal.TryParse(bytes, out var read) ? read.ToArray() : null, () => [new RequestRefusal(default, "no").ToArray()]),
        Harness.OfOneEncoding("consent-request", bytes => ConsentRequest.TryParse(bytes, out var read) ? read.ToArray() : null),
        Harness.OfOneEncoding("consent-details", bytes => ConsentDetails.TryParse(bytes, out var read) ? read.ToArray() : null, () => [Details().ToArray()]),
        Harness.OfOneEncoding("consent-notice", bytes => ConsentNotice.TryParse(bytes, out var read) ? read.ToArray() : null, () => [new ConsentNotice(default, Details()).ToArray()]),
        Harness.OfOneEncoding("consent-package", bytes => ConsentPackage.TryParse(bytes, out var read) ? read.ToArray() : null),
        Harness.OfOneEncoding("record-notice", bytes => RecordNotice.TryParse(bytes, out var read) ? read.ToArray() : null),
        Harness.OfOneEncoding("key-share", bytes => KeyShare.TryParse(bytes, out var read) ? read.ToArray() : null),
        Harness.OfOneEncoding("query", bytes => QueryDocument.TryParse(bytes, out var read) ? read.ToArray() : null),
        Harness.OfOneEncoding("answer-envelope", bytes => AnswerEnvelope.TryParse(bytes, out var read) ? read.ToArray() : null),
        Harness.OfOneEncoding("organisation-profile", bytes => OrganisationProfile.TryParse(bytes, out var read) ? read.ToArray() : null),
        Harness.OfOneEncoding("broker-profile", bytes => BrokerProfile.TryParse(bytes, out var read) ? read.ToArray() : null),
        new Harness("receipt", bytes => ReceiptCore.Parse(bytes).Accepted),
        new Harness("consent-record", bytes => DpvConsentRecord.Parse(bytes).Accepted),
        new Harness("sealed-record", bytes => SealedRecord.TryParse(bytes, out _)),
        new Harness("record-schema", bytes => RecordSchema.Parse(bytes).Accepted, () => Embedded("records/")),
        new Harness("contract", bytes => PrivacyContract.Parse(bytes, SchemaCatalog.BuiltIn).Accepted, () => Embedded("contracts/")),
        new Harness("purpose-profile", bytes => PurposeProfile.Parse(bytes).Accepted, () => Embedded("profiles/")),
        new Harness("typed-data", bytes => TypedDataDocument.Parse(bytes).Accepted),
        new Harness("strict-json", bytes => StrictJson.Parse(bytes).Accepted),
        new Harness("sd-jwt", bytes => SdJwt.Parse(Encoding.UTF8.GetString(bytes)).Accepted || SdJwt.ParseJson(bytes).Accepted),
        new Harness("disclosure", bytes => Disclosure.Parse(Encoding.UTF8.GetString(bytes)).Accepted || Disclosure.ParseJson(bytes).Accepted, () => ["[\"_26bc4LT-ac6q2KI6cBW5es\", \"family_name\", \"Möbius\"]"u8.ToArray()]),
        new Harness("sign-in", bytes => SignInMessage.Parse(Encoding.UTF8.GetString(bytes)).Accepted),
    ];

    private static ConsentDetails Details() => new()
    {
        ControllerName = "bank", Title = "pre-check", Purpose = "dpv:CreditChecking", Fields = ["identity-card.birthDate"], Records = [default], RecipientKey = default, CitizenKey = default, KeyPackage = default,
        Brokers = [default], Threshold = 1, Salt = default,
    };

    // The texts that the rules carry are the best seeds for their own readers.
    private static IEnumerable<byte[]> Embedded(string folder)
    {
        var assembly = typeof(PrivacyContract).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            yield return bytes.ToArray();
        }
    }
}
