// The only code that writes errors: {"error": {message, type, param, code}}, as a whole reply or as an item of a stream; below /v1/messages
// Anthropic's shape, below /v2 Cohere's {"id", "message"}.
using System.Globalization;
using System.Text.Json;

namespace Majlis.Server.Wire;

static class ErrorReply
{
    /// <summary>The error as a whole reply, with Retry-After where a later try may succeed.</summary>
    public static IResult ToResult(this ApiError error) => new Reply(error);

    /// <summary>The error as the data of a server-sent event: the only way to report it after the first byte.</summary>
    public static string ToEvent(this ApiError error) => JsonSerializer.Serialize(Body(error), WireJson.Wire.ErrorBody);

    /// <summary>The error as a body in UTF-8, for replies that no endpoint writes.</summary>
    public static byte[] ToBytes(this ApiError error) => JsonSerializer.SerializeToUtf8Bytes(Body(error), WireJson.Wire.ErrorBody);

    public static async Task WriteAsync(HttpContext http, ApiError error)
    {
        http.Response.StatusCode = error.Status;
        if (error.RetryAfter is { } seconds) http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var (path, id) = (http.Request.Path, http.Response.Headers["x-request-id"].ToString());
        // Clients of another API read its own shape, whoever refuses them.
        if (path.StartsWithSegments("/v2"))
            await http.Response.WriteAsJsonAsync(new CohereErrorBody(id, error.Message), WireJson.Wire.CohereErrorBody,
                cancellationToken: http.RequestAborted);
        else if (path.StartsWithSegments("/v1/messages"))
            await http.Response.WriteAsJsonAsync(AnthropicErrors.Body(error, id), WireJson.Wire.JsonObject,
                cancellationToken: http.RequestAborted);
        else
            await http.Response.WriteAsJsonAsync(Body(error), WireJson.Wire.ErrorBody, cancellationToken: http.RequestAborted);
    }

    static ErrorBody Body(ApiError error) => new(new ErrorDetail(error.Message, error.Type, error.Param, error.Code));

    sealed class Reply(ApiError error) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, error);
    }
}

sealed record ErrorBody(ErrorDetail Error);

sealed record CohereErrorBody(string Id, string Message);

sealed record ErrorDetail(string Message, string Type, string? Param, string? Code);
