// Reads the body of a trial's beginning: the share of the traffic, and what a promotion's body may say.
using System.Text.Json;
using Majlis.Server.Wire;

namespace Majlis.Server.Catalog;

/// <param name="Share">Above 0 and at most 1.</param>
sealed record TrialRequest(double Share, MoveRequest Move)
{
    const string Field = "share";

    /// <summary>The wish, or null with the reason in <paramref name="problem"/>.</summary>
    public static Task<TrialRequest?> ReadAsync(HttpRequest request, RequestReader reader, Problem problem) =>
        reader.ReadAsync(request, problem, body => Read(body, problem));

    static TrialRequest? Read(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        if (!fields.Has(Field)) problem.Add(ApiError.MissingField(Field));
        var share = fields.Of(Field, JsonValueKind.Number, "a number")?.GetDouble() ?? 0;
        if (problem.First is null && share is not (> 0 and <= 1))
            problem.Add(ApiError.InvalidValue(Field, FormattableString.Invariant(
                $"Invalid '{Field}': {share} is not above 0 and at most 1.")));
        return MoveRequest.Read(fields) is { } move ? new(share, move) : null;
    }
}
