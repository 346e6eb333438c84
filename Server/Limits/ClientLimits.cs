// Whose request it is and what limits it has: the key's own, else the server's options. Knows no count.
using System.Security.Claims;
using Majlis.Server.Access;

namespace Majlis.Server.Limits;

/// <param name="usual">The limits of keys that have none of their own.</param>
sealed class ClientLimits(CallerLimits usual)
{
    static readonly CallerLimits none = new(null, null);
    /// <summary>The beginnings of all paths that count.</summary>
    public static readonly string[] Limited = ["/v1", "/v2", "/rerank", "/tokenize", "/detokenize", "/tokenizer_info"];

    /// <summary>Pages and what operators ask for have none: a probe must not fail because many chat.</summary>
    public CallerLimits Of(HttpContext http)
    {
        if (!Limited.Any(path => http.Request.Path.StartsWithSegments(path)) || Client(http).Length == 0) return none;
        var own = http.Features.Get<CallerLimits>();
        return new(own?.RequestsPerMinute ?? usual.RequestsPerMinute, own?.Concurrent ?? usual.Concurrent);
    }

    /// <summary>The key's id, else the voter, else the caller's name; empty for a request without a key.</summary>
    public static string Client(HttpContext http) => http.User.FindFirstValue(Caller.Key) ?? http.User.FindFirstValue(Caller.Voter)
        ?? http.User.Identity?.Name ?? "";
}
