// The web pages, embedded in the assembly. Knows no data: pages fetch it from the API as any client does.
using System.Reflection;
using Majlis.Server.Access;

namespace Majlis.Server.Pages;

static class Pages
{
    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        var arena = Read("arena.html");
        routes.MapGet("/arena", (HttpContext http) =>
        {
            http.Response.Headers.ContentSecurityPolicy =
                "default-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'none'";
            return TypedResults.Bytes(arena, "text/html; charset=utf-8");
        }).Open();
    }

    static byte[] Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"pages/{name}")
            ?? throw new InvalidOperationException($"The page {name} is not in the assembly.");
        var page = new byte[stream.Length];
        stream.ReadExactly(page);
        return page;
    }
}
