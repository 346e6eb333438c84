// The one guard: every request passes it, and it serves an endpoint only to callers that the endpoint states. What states nothing is closed
// to everybody. Knows no endpoint and no key.
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Majlis.Server.Access;

static class Guard
{
    public static void AddGuard(this IServiceCollection services)
    {
        // AddAuthentication would also keep Data Protection's keys in the home folder of whoever runs the server.
        services.AddAuthenticationCore(authentication => authentication.DefaultScheme = KeylessHandler.SchemeName).AddWebEncoders();
        services.TryAddSingleton(TimeProvider.System);
        new AuthenticationBuilder(services)
            .AddScheme<AuthenticationSchemeOptions, KeylessHandler>(KeylessHandler.SchemeName, null);
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(new StatesItsCallers()).Build());
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, GuardReplies>();
    }

    public static void UseGuard(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }
}

/// <summary>
/// Met where no endpoint was found (the caller is then told 404 or 405): an endpoint of ours comes here only if it states nothing.
/// </summary>
sealed class StatesItsCallers : AuthorizationHandler<StatesItsCallers>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, StatesItsCallers requirement)
    {
        // Routing's own replies, such as 405, are endpoints without a route.
        if (context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint) context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
