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

    /// <summary>Health and metrics: for admins, for whoever reaches an internal address, and for everybody where they are open.</summary>
    /// <param name="open">Whether the option --open names them.</param>
    public static TBuilder ForOperators<TBuilder>(this TBuilder endpoint, bool open) where TBuilder : IEndpointConventionBuilder
    {
        endpoint.WithMetadata(new OnInternalAddresses());
        return open ? endpoint.Open()
            : endpoint.RequireAuthorization(new AuthorizeAttribute { Roles = $"{Roles.Admin},{Roles.Internal}" });
    }

    /// <summary>Everybody is served, without a key.</summary>
    public static TBuilder Open<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.AllowAnonymous();
}

/// <summary>Marks endpoints that internal addresses serve.</summary>
sealed class OnInternalAddresses;
