using Grpc.Core;
using PrivChain.Node.Access;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Services;

internal sealed class SignInService(SignInBook signIns) : SignIn.SignInBase
{
    public override Task<ChallengeReply> Challenge(ChallengeRequest request, ServerCallContext context) =>
        Task.FromResult(new ChallengeReply { Message = signIns.Challenge(Wire.Account(request.Account), context.Host).OrThrow() });

    public override Task<ExchangeReply> Exchange(ExchangeRequest request, ServerCallContext context)
    {
        var token = signIns.Exchange(request.Message, request.Signature.Span, context.Host).OrThrow();
        return Task.FromResult(new ExchangeReply { Token = token.Token, ExpiresAt = token.ExpiresAt });
    }
}
