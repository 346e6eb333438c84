// GET /v1/preferences streams all votes as lines of JSON in one of three formats; POST takes lines of the format battles and stores them
// again. Other classes know rows and the store.
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.Server.Access;
using Majlis.Server.Reference;
using Majlis.Server.Wire;

namespace Majlis.Server.Preferences;

static class PreferenceEndpoints
{
    const string Path = "/v1/preferences";
    const string Lines = "application/jsonl; charset=utf-8";

    public static void MapPreferences(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ExportAsync).RequireRole(Roles.Admin)
            .Says("All votes as lines of JSON, in one of three formats.");
        routes.MapPost(Path, ImportAsync).RequireRole(Roles.Admin)
            .Says("Stores votes of the format battles again.");
    }

    static async Task<IResult> ExportAsync(HttpContext http, VoteCursor cursor)
    {
        var query = http.Request.Query;
        if (query.Keys.Except(["format", "after"]).FirstOrDefault() is { } unknown) return ApiError.UnknownField(unknown).ToResult();
        var format = query.TryGetValue("format", out var named) ? named.ToString() : PreferenceRows.Formats[0];
        if (!PreferenceRows.Formats.Contains(format))
            return ApiError.InvalidValue("format", $"Invalid 'format': '{format}'. Supported values are: "
                + $"{string.Join(", ", PreferenceRows.Formats.Select(known => $"'{known}'"))}.").ToResult();
        var after = 0L;
        if (query.TryGetValue("after", out var given) && !long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out after))
            return ApiError.InvalidValue("after", "Invalid 'after': the number of a vote is expected.").ToResult();
        // What is away shows before the first byte.
        await cursor.NewestAsync();
        return TypedResults.Stream(body => WriteAsync(body, cursor.ReadAsync(after), format), Lines);
    }

    static async Task WriteAsync(Stream body, IAsyncEnumerable<StoredVote> votes, string format)
    {
        await using var writer = new StreamWriter(body, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        await foreach (var vote in votes)
            if (PreferenceRows.Of(vote, format) is { } row) await writer.WriteLineAsync(row);
    }

    static async Task<IResult> ImportAsync(HttpContext http, VoteImport import)
    {
        var (line, added, known, problem) = (0, 0, 0, new Problem());
        if (!BodyCoding.IsKnown(http.Request, problem)) return problem.First!.ToResult();
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        while (await LineAsync(reader, problem, http.RequestAborted) is { } row)
        {
            line++;
            if (string.IsNullOrWhiteSpace(row)) continue;
            try
            {
                if (await import.AddAsync(VoteRow.Read(row))) added++;
                else known++;
            }
            catch (FormatException wrong)
            {
                return ApiError.InvalidValue($"line {line}",
                    $"Line {line} cannot be stored: {wrong.Message}. The {added} votes before it are.").ToResult();
            }
        }
        if (problem.First is { } broken) return broken.ToResult();
        return TypedResults.Json(new JsonObject { ["object"] = "preferences.import", ["added"] = added, ["known"] = known },
            WireJson.Wire.JsonObject);
    }

    static async Task<string?> LineAsync(StreamReader reader, Problem problem, CancellationToken stop)
    {
        try
        {
            return await reader.ReadLineAsync(stop);
        }
        catch (Exception broken) when (BodyCoding.IsBroken(broken))
        {
            problem.Add(ApiError.BrokenCoding());
            return null;
        }
    }
}
