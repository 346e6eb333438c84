// The key that a request carries: "Authorization: Bearer KEY" or "x-api-key: KEY". Two different ones are refused, since a proxy and this
// server might each believe another. Knows no valid key.
using Microsoft.Extensions.Primitives;

namespace Majlis.Server.Access;

/// <param name="Text">The key; null where the headers are absent or malformed.</param>
/// <param name="Problem">What is wrong with the headers; null where they are absent or right.</param>
readonly record struct PresentedKey(string? Text, string? Problem)
{
    const string Scheme = "Bearer ";
    const string OtherHeader = "x-api-key";

    public static bool IsIn(HttpRequest request) =>
        request.Headers.Authorization.Count > 0 || request.Headers.ContainsKey(OtherHeader);

    public static PresentedKey Read(HttpRequest request)
    {
        var (bearer, other) = (request.Headers.Authorization, request.Headers[OtherHeader]);
        if (bearer.Count > 1 || other.Count > 1) return new(null, "The request has several of these headers; one is expected.");
        var first = Bearer(bearer);
        if (bearer.Count > 0 && first is null) return new(null, "The header Authorization is not 'Bearer KEY'.");
        var second = other.Count > 0 ? other.ToString().Trim() : null;
        if (second is not null && !KeyText.IsToken(second)) return new(null, "The header x-api-key holds no key.");
        return first is not null && second is not null && first != second
            ? new(null, "Authorization and x-api-key hold different keys; one is expected.") : new(first ?? second, null);
    }

    static string? Bearer(StringValues header) => header.Count > 0 && header.ToString() is var value
        && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && value[Scheme.Length..].Trim() is var key
        && KeyText.IsToken(key) ? key : null;
}
