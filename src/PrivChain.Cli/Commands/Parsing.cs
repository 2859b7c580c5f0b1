using System.CommandLine;
using System.CommandLine.Parsing;
using PrivChain.Core.Bytes;

namespace PrivChain.Cli.Commands;

/// <summary>Options whose text becomes a value that cannot be wrong; what does not parse is refused with what was wanted.</summary>
internal static class Parsing
{
    public static Option<Digest?> Digest(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "0x…",
        CustomParser = result => ReadDigest(result, name),
    };

    public static Argument<Digest?> DigestArgument(string name, string description) => new(name)
    {
        Description = description,
        // Of a nullable type, which would make it optional.
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result => ReadDigest(result, name),
    };

    public static Argument<AccountAddress?> AccountArgument(string name, string description) => new(name)
    {
        Description = description,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result => ReadAccount(result, name),
    };

    public static Option<AccountAddress?> Account(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "0x…",
        CustomParser = result => ReadAccount(result, name),
    };

    public static Argument<string> Path(string name, string description) => new(name) { Description = description };

    private static Digest? ReadDigest(ArgumentResult result, string name)
    {
        if (result.Tokens is [var token] && Core.Bytes.Digest.TryParse(token.Value, out var digest))
        {
            return digest;
        }

        result.AddError($"{name}: wanted 0x and 64 lower-case hex digits");
        return null;
    }

    private static AccountAddress? ReadAccount(ArgumentResult result, string name)
    {
        if (result.Tokens is [var token] && AccountAddress.TryParse(token.Value, out var account))
        {
            return account;
        }

        result.AddError($"{name}: wanted an account, 0x and 40 hex digits with the checksum of EIP-55");
        return null;
    }
}
