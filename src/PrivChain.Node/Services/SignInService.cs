using Grpc.Core;
using PrivChain.Core.Refusals;
using PrivChain.Node.Access;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Services;

internal sealed class SignInService(SignInBook signIns, OwnAuthorities own) : SignIn.SignInBase
{
    public override Task<ChallengeReply> Challenge(ChallengeRequest request, ServerCallContext context) =>
        own.Contains(context.Host)
            ? Task.FromResult(new ChallengeReply { Message = signIns.Challenge(Wire.Account(request.Account), context.Host).OrThrow() })
            : throw new RefusalException(new Refusal(RefusalReason.WrongRecipient, "sign-in at an address that is not this node's"));

    public override Task<ExchangeReply> Exchange(ExchangeRequest request, ServerCallContext context)
    {
        var token = signIns.Exchange(request.Message, request.Signature.Span, context.Host).OrThrow();
        return Task.FromResult(new ExchangeReply { Token = token.Token, ExpiresAt = token.ExpiresAt });
    }
}
