// Reads the body of a promotion, a rollback or a trial's end, which may be absent: why, and the pointer's generation that the caller saw.
using System.Text.Json;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace Majlis.Server.Catalog;

/// <param name="Generation">The move is made only from this generation of the pointer; null: from any.</param>
sealed record MoveRequest(string? Reason, long? Generation)
{
    const int LongestReason = 1000;

    /// <summary>The wish, or null with the reason in <paramref name="problem"/>.</summary>
    public static async Task<MoveRequest?> ReadAsync(HttpRequest request, RequestReader reader, Problem problem) =>
        request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } || request.ContentLength == 0
            ? new(null, null) : await reader.ReadAsync(request, problem, body => Read(body, problem));

    static MoveRequest? Read(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        return problem.First is null ? Read(fields) : null;
    }

    /// <summary>The wish in the rest of a body, or null with the reason in the fields' problem.</summary>
    public static MoveRequest? Read(Fields fields)
    {
        var problem = fields.Problem;
        var wish = new MoveRequest(fields.Text("reason"), fields.Integer("generation", 0, long.MaxValue));
        fields.Done();
        if (wish.Reason?.Length > LongestReason)
            problem.Add(ApiError.InvalidValue("reason",
                $"Invalid 'reason': {wish.Reason.Length} characters; up to {LongestReason} are taken."));
        return problem.First is null ? wish : null;
    }
}
