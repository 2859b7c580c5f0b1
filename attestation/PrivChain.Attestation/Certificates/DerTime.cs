using System.Formats.Asn1;

namespace PrivChain.Attestation.Certificates;

/// <summary>Time of RFC 5280: UTCTime until 2049, GeneralizedTime after.</summary>
internal static class DerTime
{
    /// <exception cref="AsnContentException">Neither.</exception>
    public static DateTimeOffset Read(AsnReader reader) =>
        reader.PeekTag() == new Asn1Tag(UniversalTagNumber.UtcTime) ? reader.ReadUtcTime(twoDigitYearMax: 2049) : reader.ReadGeneralizedTime();
}
