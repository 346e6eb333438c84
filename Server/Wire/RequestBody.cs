// The body of a request as JSON. Strict about duplicate names, depth and encoding; errors name the place. Knows no field.
using System.Text.Json;
using Majlis.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Majlis.Server.Wire;

static class RequestBody
{
    /// <summary>The largest body, in bytes.</summary>
    public const long Limit = 16 << 20;

    const string NoText = "holds half a surrogate pair or bytes that are not UTF-8.";

    // Above this Content-Length, memory grows with the bytes that arrive.
    const int FirstBuffer = 1 << 16;

    /// <summary>The whole body as bytes; empty with the reason in <paramref name="problem"/>.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, Problem problem)
    {
        if (!IsJson(request.ContentType))
        {
            problem.Add(ApiError.WrongMedia(request.ContentType ?? ""));
            return default;
        }
        if (!BodyCoding.IsKnown(request, problem)) return default;
        try
        {
            var body = new MemoryStream((int)Math.Min(request.ContentLength ?? 0, FirstBuffer));
            await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
            return body.GetBuffer().AsMemory(0, (int)body.Length);
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            problem.Add(ApiError.TooLarge(
                request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize ?? Limit));
            return default;
        }
        catch (Exception broken) when (BodyCoding.IsBroken(broken))
        {
            problem.Add(ApiError.BrokenCoding());
            return default;
        }
    }

    /// <summary>The bytes as JSON; null with the reason in <paramref name="problem"/>.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> bytes, Problem problem)
    {
        if (bytes.Span.StartsWith(ByteOrderMark)) bytes = bytes[ByteOrderMark.Length..];
        try
        {
            var body = JsonDocument.Parse(bytes, StrictJson.Options);
            return StrictJson.IsReadable(bytes.Span) ? body : Readable(body, problem);
        }
        catch (InvalidOperationException)
        {
            // The parser compares names to find duplicates, and reports names that it cannot decode.
            problem.Add(ApiError.BrokenJson($"a name {NoText}"));
        }
        catch (JsonException broken)
        {
            problem.Add(ApiError.BrokenJson(JsonDamage.Of(broken)));
        }
        return null;
    }

    static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    static JsonDocument? Readable(JsonDocument body, Problem problem)
    {
        if (StrictJson.Unreadable(body.RootElement) is not { } path) return body;
        problem.Add(ApiError.BrokenJson($"{(path.Length > 0 ? $"the text or a name at '{path}'" : "a text or a name")} {NoText}"));
        body.Dispose();
        return null;
    }

    // A page of another origin can send any other type without a preflight request, so only this one is read.
    static bool IsJson(string? contentType) => MediaTypeHeaderValue.TryParse(contentType, out var media)
        && (media.SubType.Equals("json", StringComparison.OrdinalIgnoreCase)
            || media.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));
}
