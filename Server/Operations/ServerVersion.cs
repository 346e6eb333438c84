// Which build this is: version and commit, as the header `Server`, the metrics and the traces tell it. Knows no request's content.
using System.Reflection;
using Microsoft.Net.Http.Headers;

namespace Majlis.Server.Operations;

static class ServerVersion
{
    /// <summary>The version, a plus, the commit: <c>1.2.0+4f1c...</c>.</summary>
    public static string Build { get; } =
        typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>A product token (RFC 9110, section 10.2.4) such as <c>Majlis/1.2.0+4f1c...</c>.</summary>
    public static string Product { get; } = $"Majlis/{Build}";

    /// <summary>Tells the build to the endpoint's callers.</summary>
    public static TBuilder TellVersion<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilter(async (call, next) =>
        {
            call.HttpContext.Response.Headers[HeaderNames.Server] = Product;
            return await next(call);
        });
}
