// Recognises callers by the address they reached: while no key is configured, everybody on loopback is "anonymous" and may do all; on an
// internal address everybody may read what operators read.
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Majlis.Server.Access;

sealed class KeylessHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "keyless";
    public const string InternalScheme = "internal";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var caller = Scheme.Name == InternalScheme ? Caller.Of(InternalScheme, InternalScheme, [Roles.Internal])
            : Caller.Of(SchemeName, Caller.Anonymous, Roles.All);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(caller, Scheme.Name)));
    }
}
