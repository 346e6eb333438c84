// The web pages and what they load, embedded in the assembly; a page is the shared frame around its own part. Knows no data: pages fetch it
// from the API as any client does.
using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Majlis.Server.Access;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Majlis.Server.Pages;

static class Pages
{
    // The server's own files and nothing inline; no script may turn a text into markup.
    const string ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    static readonly FrozenDictionary<string, string> media = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
    }.ToFrozenDictionary();

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        var files = Read().ToFrozenDictionary();
        var (chat, arena, reference) = (Page("chat", ("/arena", "arena"), ("/reference", "reference")),
            Page("arena", ("/", "chat"), ("/reference", "reference")), Page("reference", ("/", "chat"), ("/arena", "arena")));
        routes.MapGet("/", (HttpContext http) => Give(http, chat)).Open().ExcludeFromDescription();
        routes.MapGet("/arena", (HttpContext http) => Give(http, arena)).Open().ExcludeFromDescription();
        routes.MapGet("/reference", (HttpContext http) => Give(http, reference)).Open().ExcludeFromDescription();
        routes.MapGet("/pages/{folder}/{name}", (HttpContext http, string folder, string name) =>
            files.TryGetValue($"{folder}/{name}", out var file) && !file.IsPage ? Give(http, file)
                : ApiError.UnknownUrl(http.Request.Method, http.Request.Path).ToResult()).Open().ExcludeFromDescription();

        PageFile Page(string name, params (string Path, string Word)[] links) => new(Encoding.UTF8.GetBytes(Text("shared/frame.html")
            .Replace("{{page}}", name, StringComparison.Ordinal)
            .Replace("{{links}}", string.Concat(links.Select(link => $"""<a href="{link.Path}" data-say="{link.Word}"></a> """)),
                StringComparison.Ordinal)
            .Replace("{{work}}", Text($"{name}/{name}.html"), StringComparison.Ordinal)), media[".html"]);

        string Text(string name) => Encoding.UTF8.GetString(files[name].Content);
    }

    static FileContentHttpResult Give(HttpContext http, PageFile file)
    {
        if (file.IsPage) http.Response.Headers.ContentSecurityPolicy = ContentPolicy;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        // Asked for anew each time, so that a page and its scripts are always of one build; what has not changed is not sent.
        http.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(file.Content, file.Media, entityTag: file.Tag);
    }

    static IEnumerable<KeyValuePair<string, PageFile>> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("pages/", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            yield return new(name["pages/".Length..], new(content, media[Path.GetExtension(name)]));
        }
    }

    sealed record PageFile(byte[] Content, string Media)
    {
        public bool IsPage => Media == media[".html"];

        public EntityTagHeaderValue Tag { get; } = new($"\"{Convert.ToHexStringLower(SHA256.HashData(Content))}\"");
    }
}
