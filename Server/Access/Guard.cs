// The one guard: every request passes it, and it serves an endpoint only to callers that the endpoint states. What states nothing is closed
// to everybody. Knows no endpoint and no key.
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Access;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Majlis.Server.Access;

static class Guard
{
    const string SchemeName = "access";

    public static void AddGuard(this IServiceCollection services, ServerOptions options, KeyTimes times)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(IdSource.Random);
        services.AddSingleton(times).AddSingleton(options.AdminKey).AddSingleton(new KeyMarker(options.Data))
            .AddSingleton(new InternalAddresses(options.InternalAddresses))
            .AddSingleton<KeyStore>().AddSingleton<SessionStore>().AddSingleton<FirstKey>()
            .AddSingleton<KeyRing>().AddSingleton<WrongKeyLimit>().AddSingleton<KeyCheck>().AddSingleton<Sessions>()
            .AddHostedService(given => given.GetRequiredService<KeyRing>());
        // AddAuthentication would also keep Data Protection's keys in the home folder of whoever runs the server.
        services.AddAuthenticationCore(authentication => authentication.DefaultScheme = SchemeName).AddWebEncoders();
        new AuthenticationBuilder(services)
            .AddPolicyScheme(SchemeName, null, scheme => scheme.ForwardDefaultSelector = RecognisedBy)
            .AddScheme<AuthenticationSchemeOptions, KeylessHandler>(KeylessHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, KeylessHandler>(KeylessHandler.InternalScheme, null)
            .AddScheme<AuthenticationSchemeOptions, KeyHandler>(KeyHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, SessionHandler>(SessionHandler.SchemeName, null);
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(new StatesItsCallers()).Build());
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, GuardReplies>();
    }

    public static void UseGuard(this WebApplication app)
    {
        var inside = app.Services.GetRequiredService<InternalAddresses>();
        app.Use((http, next) => inside.Hold(http) && http.GetEndpoint()?.Metadata.GetMetadata<OnInternalAddresses>() is null
            ? ErrorReply.WriteAsync(http, ApiError.UnknownUrl(http.Request.Method, http.Request.Path)) : next(http));
        app.UseAuthentication();
        app.UseAuthorization();
    }

    static string RecognisedBy(HttpContext http)
    {
        if (http.RequestServices.GetRequiredService<InternalAddresses>().Hold(http)) return KeylessHandler.InternalScheme;
        if (!http.RequestServices.GetRequiredService<KeyRing>().AsksForKeys) return KeylessHandler.SchemeName;
        return !PresentedKey.IsIn(http.Request) && http.Request.Cookies.ContainsKey(SessionCookie.Name)
            ? SessionHandler.SchemeName : KeyHandler.SchemeName;
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
