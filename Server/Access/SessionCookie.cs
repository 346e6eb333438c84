// The cookie of a rater's session: its id and a signature under the store's secret, so that a forged one costs no look into the store.
// Knows no session.
using Majlis.Feedback.Store.Access;

namespace Majlis.Server.Access;

static class SessionCookie
{
    public const string Name = "majlis_session";

    const string Purpose = "session";

    public static void Give(HttpContext http, RaterSession session, AccessSecret secret) =>
        http.Response.Cookies.Append(Name, $"{session.Id}.{secret.Hash(Purpose, session.Id)}", Options(http, session.Expires));

    public static void Take(HttpContext http) => http.Response.Cookies.Delete(Name, Options(http, null));

    /// <summary>The session's id; null where the request has no cookie, or one that this store's secret did not sign.</summary>
    public static string? Read(HttpRequest request, AccessSecret secret) =>
        request.Cookies[Name] is { Length: <= KeyText.Longest } cookie && cookie.Split('.') is [var id, var signature]
            && secret.Fits(signature, Purpose, id) ? id : null;

    static CookieOptions Options(HttpContext http, DateTimeOffset? expires) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        Expires = expires,
        IsEssential = true,
        Path = "/",
    };
}
