// Recognises people by the cookie of their session. It makes nobody an admin, whatever key opened it.
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Majlis.Server.Access;

sealed class SessionHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    Sessions sessions) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "session";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var (session, opener, error) = await sessions.FindAsync(Request);
        if (session is null || opener is null) return RefusedCaller.Refuse(Context, error!);
        CallerLimits.Set(Context, opener);
        // Raters of one invitation are clients of their own, as they are voters of their own.
        var key = opener.Uses is null ? session.Key : null;
        var caller = Caller.Of(SchemeName, session.Name, Roles.OfSession(opener), (Caller.Key, key), (Caller.Voter, session.Voter),
            (Caller.Session, session.Id));
        return AuthenticateResult.Success(new AuthenticationTicket(caller, SchemeName));
    }
}
