// What an endpoint states about its callers: a role, or that it is open. The guard refuses one that states neither.
using Microsoft.AspNetCore.Authorization;

namespace Majlis.Server.Access;

static class EndpointAccess
{
    /// <summary>Only callers with one of these roles are served. Admins have every role.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder endpoint, params string[] roles)
        where TBuilder : IEndpointConventionBuilder
    {
        if (roles.Length == 0 || roles.Except(Roles.All).Any())
            throw new ArgumentException($"One or more of {string.Join(", ", Roles.All)} are expected.", nameof(roles));
        return endpoint.RequireAuthorization(new AuthorizeAttribute { Roles = string.Join(',', roles) });
    }

    /// <summary>Everybody is served, without a key.</summary>
    public static TBuilder Open<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.AllowAnonymous();
}
