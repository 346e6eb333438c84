// The body of a request as JSON: strict about form (duplicate names, depth, encoding) and clear about where it breaks.
// Knows no field.
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace Majlis.Server.Wire;

static class RequestBody
{
    /// <summary>The largest body taken, in bytes.</summary>
    public const long Limit = 16 << 20;

    const string NoText = "holds half a surrogate pair or bytes that are not UTF-8.";

    /// <summary>Reads the whole body; the document is null where <paramref name="problem"/> says why.</summary>
    public static async Task<JsonDocument?> ReadAsync(HttpRequest request, Problem problem)
    {
        if (!IsJson(request.ContentType))
        {
            problem.Add(ApiError.WrongMedia(request.ContentType ?? ""));
            return null;
        }
        try
        {
            return Readable(await JsonDocument.ParseAsync(request.Body, StrictJson.Options, request.HttpContext.RequestAborted), problem);
        }
        catch (InvalidOperationException)
        {
            // The parser looks at names, to find one that stands twice, and says so of those it cannot read.
            problem.Add(ApiError.BrokenJson($"a name {NoText}"));
        }
        catch (JsonException broken)
        {
            problem.Add(ApiError.BrokenJson(Where(broken)));
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            problem.Add(ApiError.TooLarge(Limit));
        }
        return null;
    }

    static JsonDocument? Readable(JsonDocument body, Problem problem)
    {
        if (StrictJson.Unreadable(body.RootElement) is not { } path) return body;
        problem.Add(ApiError.BrokenJson($"{(path.Length > 0 ? $"the text or a name at '{path}'" : "a text or a name")} {NoText}"));
        body.Dispose();
        return null;
    }

    // A page of another origin can send anything but this type without asking first; so nothing else is read.
    static bool IsJson(string? contentType) => MediaTypeHeaderValue.TryParse(contentType, out var media)
        && (media.SubType.Equals("json", StringComparison.OrdinalIgnoreCase)
            || media.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));

    // The parser's own message ends with the place in .NET's words; the place is said first and once.
    static string Where(JsonException broken)
    {
        var end = broken.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var what = end < 0 ? broken.Message : broken.Message[..end];
        return broken.LineNumber is { } line ? $"line {line + 1}, byte {broken.BytePositionInLine + 1}: {what}" : what;
    }
}
