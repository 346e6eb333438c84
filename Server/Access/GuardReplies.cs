// What the guard answers where it does not let a request in: 401 without a valid key, 403 with the role needed. Knows no key.
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Majlis.Server.Access;

sealed class GuardReplies : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded) return next(context);
        if (authorizeResult.Forbidden) return ErrorReply.WriteAsync(context, Forbidden(policy));
        var refused = context.Features.Get<RefusedCaller>()?.Error;
        // RFC 6750, section 3: a request without a key is told the scheme only, one with a wrong key what is wrong.
        if (refused is null or { Status: StatusCodes.Status401Unauthorized })
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"majlis\"" + (refused is null ? "" : ", error=\"invalid_token\"");
        return ErrorReply.WriteAsync(context, refused ?? ApiError.NoKey());
    }

    static ApiError Forbidden(AuthorizationPolicy policy)
    {
        var roles = policy.Requirements.OfType<RolesAuthorizationRequirement>().SelectMany(needed => needed.AllowedRoles)
            .Intersect(Roles.All).ToArray();
        return roles.Length > 0 ? ApiError.WrongRole(string.Join(" or ", roles)) : ApiError.Closed();
    }
}
