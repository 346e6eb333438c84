// Which build this is, as the header `Server` tells it: version and commit. Knows no request's content.
using System.Reflection;
using Microsoft.Net.Http.Headers;

namespace Majlis.Server.Operations;

static class ServerVersion
{
    /// <summary>A product token (RFC 9110, section 10.2.4) such as <c>Majlis/1.2.0+4f1c...</c>: the version, a plus, the commit.</summary>
    public static string Product { get; } = "Majlis/" + typeof(ServerVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Tells the build to the endpoint's callers.</summary>
    public static TBuilder TellVersion<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilter(async (call, next) =>
        {
            call.HttpContext.Response.Headers[HeaderNames.Server] = Product;
            return await next(call);
        });
}
