using System.CommandLine;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Cli.Commands;

/// <summary><c>enrol</c>: a governor's votes, with the governor's key of the deployment on this machine.</summary>
internal static class EnrolCommand
{
    private static readonly Option<string> _nameEn = new("--name-en") { Description = "Legal name in English.", Required = true };
    private static readonly Option<string> _nameZh = new("--name-zh") { Description = "Legal name in Chinese.", Required = true };
    private static readonly Option<string> _contact = new("--contact") { Description = "Mail address or telephone number.", DefaultValueFactory = _ => "-" };
    private static readonly Option<string> _postalAddress = new("--postal-address") { Description = "Postal address.", DefaultValueFactory = _ => "-" };
    private static readonly Option<string> _jurisdiction = new("--jurisdiction") { Description = "ISO 3166 code.", DefaultValueFactory = _ => "CN" };
    private static readonly Option<uint> _points = new("--points") { Description = "Points credited to an institution.", DefaultValueFactory = _ => 1000 };
    private static readonly Option<int> _days = new("--days") { Description = "Validity in days.", DefaultValueFactory = _ => 3650 };
    private static readonly Option<Digest?> _measurement = Parsing.Digest("--measurement", "Digest of a measurement; left out, the enclave program built here is measured.");

    private static readonly Option<string?> _certificate = new("--certificate")
    {
        Description = "Certificate of the organisation and those up to the authority that the ledger names (PEM or DER, its own first): the name in it is the one that people read, in either language.", HelpName = "FILE",
    };

    private static readonly Option<string?> _certificateKey = new("--certificate-key") { Description = "Private key of the certificate (P-256, plain PEM): it signs for the account once, and is not kept.", HelpName = "FILE" };

    private static readonly Option<string?> _certificateSignature = new("--certificate-signature")
    {
        Description = "For a key that is kept elsewhere: its signature (ECDSA with SHA-256; DER, or 64 bytes) over what the refusal names when neither is given.", HelpName = "FILE",
    };

    private static readonly Option<AccountAddress?> _operator = Parsing.Account("--operator", "Account of the enrolled organisation that runs the enclave: people read its name before they agree. Left out, nobody is named.");

    public static Command Make() => CommandMaker.Group(
        "enrol", "Admits organisations, enclave measurements and key brokers.",
        "privchain enrol institution --keystore bank.json --name-en 'Bank of Jinling' --name-zh 金陵银行",
        Organisation("institution", LedgerRole.Institution, "Admits an institution, which may publish contracts and query."),
        Organisation("issuer", LedgerRole.Issuer, "Admits an issuer, which may sign and anchor records."),
        Organisation("regulator", LedgerRole.Regulator, "Admits a regulator, who approves contracts."),
        CommandMaker.Make("measurement", "Admits a measurement of the enclave program.", "privchain enrol measurement", MeasurementAsync, [_measurement, _days, .. Common.Connection]),
        CommandMaker.Make(
            "broker", "Appraises the enclave at the node, compares it with the program built here, and admits it as key broker.", "privchain enrol broker --operator 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266 --accept-simulated",
            BrokerAsync, [_operator, _days, .. Common.Connection]),
        CommandMaker.Make(
            "app", "Admits the files of the app built here, for `privchain app verify` to compare, and ends the enrolment of others.", "privchain enrol app",
            AppAsync, [_days, .. Common.Connection]));

    private static Command Organisation(string name, LedgerRole role, string description) => CommandMaker.Make(
        name, description, $"privchain enrol {name} --keystore org.json --name-en 'City Registry' --name-zh 市民政局",
        run => OrganisationAsync(run, role),
        [_nameEn, _nameZh, _contact, _postalAddress, _jurisdiction, .. role == LedgerRole.Institution ? (Symbol[])[_points] : [], _days, _certificate, _certificateKey, _certificateSignature, .. Common.Signing]);

    private static async Task<int> OrganisationAsync(CommandRun run, LedgerRole role)
    {
        using var keys = Common.OpenKeys(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        using var account = OpenGovernor(run);
        var profile = keys.Profile(
            run.Value(_nameEn), run.Value(_nameZh), run.Value(_contact), run.Value(_postalAddress), run.Value(_jurisdiction), signsRecords: role == LedgerRole.Issuer);
        var (from, until) = Validity(run);
        profile = Certified(run, profile, connection.Genesis);
        var proven = await new GovernorClient(connection, account).EnrolOrganisationAsync(
            role, profile, from, until, role == LedgerRole.Institution ? run.Value(_points) : 0, run.Cancellation).ConfigureAwait(false);
        var certified = (await connection.Organisations.GetAsync(role, profile.Account, run.Cancellation).ConfigureAwait(false)).CertifiedName;
        run.Output.Json["account"] = profile.Account.ToString();
        run.Output.Json["certifiedName"] = certified;
        Say(run, $"{profile.Account} is enrolled as {role}{(certified is null ? string.Empty : $" under the certified name {TerminalText.Neutralise(certified)}")}", proven);
        return 0;
    }

    // With what the authority says about it, where there is such a thing.
    private static OrganisationProfile Certified(CommandRun run, OrganisationProfile profile, Genesis genesis)
    {
        if (run.Optional(_certificate) is not { } path)
        {
            return run.Optional(_certificateKey) is null && run.Optional(_certificateSignature) is null
                ? profile
                : throw new RefusalException(new Refusal(RefusalReason.BadSettings, "a key or signature of a certificate wants --certificate"));
        }

        if (genesis.CertificateAuthorities.Count == 0)
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "--certificate: the ledger names no authority that could have certified anybody (`privchain up --authority`)"));
        }

        var message = OrganisationProfile.BindingMessage(genesis.LedgerId, profile.Account);
        return profile with
        {
            Certificates = CertificateFile.ReadChain(path),
            CertificateSignature = (run.Optional(_certificateKey), run.Optional(_certificateSignature)) switch
            {
                ({ } key, null) => CertificateFile.Sign(key, message),
                (null, { } signature) => CertificateFile.ReadSignature(signature),
                (null, null) => throw SignatureWanted(run, message),
                _ => throw new RefusalException(new Refusal(RefusalReason.BadSettings, "--certificate-key and --certificate-signature do not go together")),
            },
        };
    }

    // As a command line takes it: the digits alone, and the hash that ECDSA makes of the message, not of something that looks like one.
    private static RefusalException SignatureWanted(CommandRun run, byte[] message)
    {
        var digits = Convert.ToHexStringLower(message);
        run.Output.Json["toSign"] = digits;
        return new RefusalException(new Refusal(
            RefusalReason.BadSettings,
            $"wanted --certificate-key, or --certificate-signature with what that key makes of these 32 bytes: echo {digits} | xxd -r -p | openssl dgst -sha256 -sign KEY -out FILE"));
    }

    private static async Task<int> MeasurementAsync(CommandRun run)
    {
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        using var account = OpenGovernor(run);
        var measurement = run.Optional(_measurement) ?? (await EnclaveProgram.MeasureAsync(DotnetHost.EnclaveFolder, run.Cancellation).ConfigureAwait(false)).Digest;
        var (from, until) = Validity(run);
        var proven = await new GovernorClient(connection, account).EnrolMeasurementAsync(measurement, from, until, run.Cancellation).ConfigureAwait(false);
        run.Output.Json["measurement"] = measurement.ToString();
        Say(run, $"measurement {measurement} is enrolled", proven);
        return 0;
    }

    private static async Task<int> BrokerAsync(CommandRun run)
    {
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        using var governorAccount = OpenGovernor(run);
        var governor = new GovernorClient(connection, governorAccount);
        var built = await EnclaveProgram.MeasureAsync(DotnetHost.EnclaveFolder, run.Cancellation).ConfigureAwait(false);
        var candidate = await governor.InspectEnclaveAsync(run.Cancellation).ConfigureAwait(false);
        if (candidate.Measurement != built.Digest)
        {
            throw new RefusalException(new Refusal(RefusalReason.MeasurementNotAccepted, $"the running enclave measures {candidate.Measurement}, the program built here {built.Digest}"));
        }

        var runBy = run.Optional(_operator);
        var organisation = runBy is { } account ? await OperatorAsync(connection, account, run.Cancellation).ConfigureAwait(false) : null;
        var (from, until) = Validity(run);
        var proven = await governor.EnrolBrokerAsync(candidate with { Profile = candidate.Profile with { Operator = runBy } }, from, until, run.Cancellation).ConfigureAwait(false);
        run.Output.Json["broker"] = candidate.Profile.Account.ToString();
        run.Output.Json["measurement"] = candidate.Measurement.ToString();
        run.Output.Json["operator"] = runBy?.ToString();
        Say(run, $"broker {candidate.Profile.Account} is enrolled{(organisation is null ? ", and nobody is named who runs it" : $", run by {TerminalText.Neutralise(organisation.Name)}")}", proven);
        return 0;
    }

    private static async Task<VerifiedOrganisation> OperatorAsync(PrivChainConnection connection, AccountAddress account, CancellationToken cancellation) =>
        await connection.Organisations.FindAsync(account, cancellation).ConfigureAwait(false)
        ?? throw new RefusalException(new Refusal(RefusalReason.NotEnrolled, $"--operator: {account} is no enrolled organisation whose certificate verifies"));

    private static async Task<int> AppAsync(CommandRun run)
    {
        var manifest = AppFolder.ReadManifest();
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        using var account = OpenGovernor(run);
        var proven = await Bootstrap.EnrolAppAsync(account, connection, manifest, Validity(run), run.Cancellation).ConfigureAwait(false);
        run.Output.Json["manifest"] = manifest.Digest.ToString();
        run.Output.Json["files"] = manifest.Files.Count;
        if (proven is null)
        {
            run.Output.Line($"app {manifest.Digest} was enrolled before.");
        }
        else
        {
            Say(run, $"app {manifest.Digest} of {manifest.Files.Count} files is enrolled", proven);
        }

        return 0;
    }

    private static Core.Keys.Account OpenGovernor(CommandRun run) => new DeploymentFolder(run.Value(Common.Folder)).OpenGovernor();

    private static (DateTimeOffset From, DateTimeOffset Until) Validity(CommandRun run)
    {
        var days = run.Value(_days);
        var now = run.Time.GetUtcNow();
        return days is > 0 and <= 36_500
            ? (now.AddMinutes(-5), Bootstrap.Until(now, TimeSpan.FromDays(days)))
            : throw new RefusalException(new Refusal(RefusalReason.BadSettings, "--days: wanted 1 to 36500"));
    }

    private static void Say(CommandRun run, string what, ProvenEntry proven)
    {
        run.Output.Json["entry"] = proven.Index;
        run.Output.Line($"{what}: entry {proven.Index}, witnessed.");
    }
}
