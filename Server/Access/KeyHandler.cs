// Recognises callers by the key in their headers. Other classes know which keys are valid.
using System.Text.Encodings.Web;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Majlis.Server.Access;

sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, KeyCheck check,
    KeyRing ring) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "key";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!PresentedKey.IsIn(Request)) return AuthenticateResult.NoResult();
        var presented = PresentedKey.Read(Request);
        if (presented.Text is not { } text) return RefusedCaller.Refuse(Context, ApiError.MalformedKey(presented.Problem!));
        var verdict = await check.CheckAsync(KeyText.Key, text, Context.Connection.RemoteIpAddress);
        if (verdict.Key is not { } key) return RefusedCaller.Refuse(Context, verdict.Error!);
        CallerLimits.Set(Context, key);
        var voter = Roles.Of(key.Role).Contains(Roles.Rater) ? ring.VoterOf(key) : null;
        var caller = Caller.Of(SchemeName, key.Name, Roles.Of(key.Role), (Caller.Key, key.Id), (Caller.Voter, voter));
        return AuthenticateResult.Success(new AuthenticationTicket(caller, SchemeName));
    }
}
