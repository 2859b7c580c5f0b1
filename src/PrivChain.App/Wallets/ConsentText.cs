using PrivChain.App.Language;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Consent;

namespace PrivChain.App.Wallets;

/// <summary>A consent in a line.</summary>
internal static class ConsentText
{
    public static string Who(OwnConsent consent, CitizenData data, Words words) =>
        data.Organisations.TryGetValue(consent.Grant.Controller, out var who) ? Names.Of(who, words) : TerminalText.Neutralise(consent.Details?.ControllerName ?? consent.Grant.Controller.ToString());

    /// <summary>The contract's title in the reader's language; where its text is not to be had, as it was signed.</summary>
    public static string Title(OwnConsent consent, CitizenData data, Words words) => TerminalText.Neutralise(
        data.Contracts.TryGetValue(consent.Grant.Contract, out var contract) ? words.Pick(contract.Title) : consent.Details?.Title ?? consent.Grant.Contract.ToString()[..18]);

    /// <summary>True while it can be taken back: by the time of the ledger, which enforces it, since this device's clock may be wrong. All uses spent, it still stops an answer that is on its way.</summary>
    public static bool CanBeTakenBack(OwnConsent consent, CitizenData data) => consent.Grant.RevokedAt is null && UnixTime.Seconds(data.LedgerTime) <= consent.Grant.NotAfter;

    public static bool IsInForce(OwnConsent consent, CitizenData data) => CanBeTakenBack(consent, data) && consent.Grant.UsesLeft > 0;

    public static string State(OwnConsent consent, CitizenData data, Words words) =>
        consent.Grant.RevokedAt is not null ? words["consent.state.revoked"]
        : consent.Grant.UsesLeft == 0 ? words["consent.state.spent"]
        : !CanBeTakenBack(consent, data) ? words["consent.state.over"]
        : words["consent.state.active", words.Count("times", consent.Grant.UsesLeft), Term(consent.Grant.NotBefore, consent.Grant.NotAfter, data.LedgerTime, words).Until];

    /// <summary>When it begins and ends, in Unix seconds, as a person reads it.</summary>
    public static (string From, string Until) Term(ulong notBefore, ulong notAfter, DateTimeOffset now, Words words)
    {
        Func<ulong, string> say = Validity.IsByTheMinute(notBefore, notAfter, now) ? seconds => words.Time(UnixTime.Date(seconds)) : words.Date;
        return (say(notBefore), say(notAfter));
    }

    /// <summary>A purpose or legal basis in words: the term of a vocabulary that follows in brackets is for the details.</summary>
    public static string WithoutTerm(string text) => text.EndsWith(')') && text.LastIndexOf(" (", StringComparison.Ordinal) is > 0 and var at ? text[..at] : text;
}
