// Who may send requests while only this machine should. The host must be ours, which stops foreign names that resolve to this machine (DNS
// rebinding); changes are accepted from our own pages and from programs only. Knows no endpoint.
using System.Net;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Primitives;

namespace Majlis.Server.Wire;

static class RequestOrigin
{
    /// <summary>ASP.NET's own filter answers in HTML and runs before our middleware.</summary>
    public static void ReplaceHostFilter(IServiceCollection services) =>
        services.Configure<HostFilteringOptions>(filter => filter.AllowedHosts = ["*"]);

    /// <summary>
    /// Further hosts come from ASP.NET's AllowedHosts: names separated by semicolons, <c>*.example.org</c> for all subdomains, <c>*</c> for
    /// any host.
    /// </summary>
    public static void UseOriginCheck(this WebApplication app)
    {
        StringSegment[] hosts = [.. (app.Configuration["AllowedHosts"] ?? "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(host => new StringSegment(host))];
        app.Use((http, next) => Refusal(http, hosts) is { } error ? ErrorReply.WriteAsync(http, error) : next(http));
    }

    static ApiError? Refusal(HttpContext http, StringSegment[] hosts)
    {
        var request = http.Request;
        if (IsByLoopback(http.Connection) && Foreign(request, hosts) is { } foreign) return ApiError.ForeignHost(foreign.Value ?? "");
        return IsChange(request.Method) && IsFromForeignPage(request) ? ApiError.ForeignPage(request.Headers.Origin.ToString()) : null;
    }

    // Behind a proxy the host is the forwarded one, but the sent one counts too: a page could forward a host of its choice.
    static HostString? Foreign(HttpRequest request, StringSegment[] hosts)
    {
        if (!IsOurs(request.Host, hosts)) return request.Host;
        var sent = new HostString(request.Headers[ForwardedHeadersDefaults.XOriginalHostHeaderName].ToString());
        return IsOurs(sent, hosts) ? null : sent;
    }

    // A unix socket has no address, and no web page can reach it.
    static bool IsByLoopback(ConnectionInfo connection) => connection.LocalIpAddress is { } local && IPAddress.IsLoopback(local);

    // Only HTTP/1.0 may omit the host, and no browser uses it.
    static bool IsOurs(HostString host, StringSegment[] hosts) =>
        !host.HasValue || Loopback.IsName(host.Host) || hosts.Contains("*") || HostString.MatchesAny(host.Host, hosts);

    static bool IsChange(string method) => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);

    // Browsers name the source in Sec-Fetch-Site, older ones only in Origin; no page can set either. Programs send neither.
    static bool IsFromForeignPage(HttpRequest request)
    {
        if (request.Headers.TryGetValue("Sec-Fetch-Site", out var site)) return site.ToString() is not ("same-origin" or "none");
        return request.Headers.Origin is { Count: > 0 } origin && !IsSameHost(origin.ToString(), request.Host);
    }

    // The scheme is ignored: a proxy in front may use TLS.
    static bool IsSameHost(string origin, HostString host) => Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && page.IdnHost.Equals(host.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)
        && page.Port == (host.Port ?? (page.Scheme == Uri.UriSchemeHttps ? 443 : 80));
}
