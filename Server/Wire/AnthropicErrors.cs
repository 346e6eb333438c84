// Anthropic's shape of an error, for the paths of that API (https://docs.anthropic.com/en/api/errors). Knows no endpoint.
using System.Text.Json.Nodes;

namespace Majlis.Server.Wire;

static class AnthropicErrors
{
    /// <param name="request">The id of the request; null in streams.</param>
    public static JsonObject Body(ApiError error, string? request)
    {
        var body = new JsonObject
        {
            ["type"] = "error",
            ["error"] = new JsonObject { ["type"] = Type(error.Status), ["message"] = error.Message },
        };
        // A client's tool runner then sends the whole conversation each time, instead of failing.
        if (error is { Param: "thread", Code: "unsupported_parameter" })
            body["error"]!["details"] = new JsonObject
            {
                ["error_code"] = "thread_unsupported_request",
                ["unsupported"] = new JsonArray("thread"),
            };
        if (request is not null) body["request_id"] = request;
        return body;
    }

    static string Type(int status) => status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 => "overloaded_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };
}
