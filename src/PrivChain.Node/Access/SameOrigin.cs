namespace PrivChain.Node.Access;

/// <summary>
/// Serves pages of this node's own addresses, and programs, which name no origin. No other origin gets a CORS header, so a browser shows it no answer; it is refused here as well, so that
/// it cannot even have a call carried out.
/// </summary>
internal sealed class SameOrigin(OwnAuthorities own)
{
    public Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Headers.Origin is [var origin, ..]
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && own.Contains(Core.SignIn.SignInMessage.AuthorityOf(uri))))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        return next(http);
    }
}
