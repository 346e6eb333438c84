// GET /v1/preferences streams all votes as lines of JSON in one of three formats; POST takes lines of the format battles and stores them
// again. Other classes know rows and the store.
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.Server.Access;
using Majlis.Server.Files;
using Majlis.Server.Reference;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Majlis.Server.Preferences;

static class PreferenceEndpoints
{
    const string Path = "/v1/preferences";
    const string Lines = "application/jsonl; charset=utf-8";

    public static void MapPreferences(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ExportAsync).RequireRole(Roles.Admin)
            .Says("All votes as lines of JSON, in one of three formats.");
        // An export is as long as its votes; a line is never longer than a body.
        routes.MapPost(Path, ImportAsync).RequireRole(Roles.Admin).WithMetadata(new DisableRequestSizeLimitAttribute())
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
        var (number, added, known, problem) = (0, 0, 0, new Problem());
        if (!BodyCoding.IsKnown(http.Request, problem)) return problem.First!.ToResult();
        try
        {
            await foreach (var line in JsonLines.ReadAsync(http.Request.Body, http.RequestAborted))
            {
                number = line.Number;
                if (JsonLines.Problem(line) is { } damage) throw new FormatException(damage);
                if (await import.AddAsync(VoteRow.Read(Encoding.UTF8.GetString(line.Text)))) added++;
                else known++;
            }
        }
        catch (FormatException wrong)
        {
            return NoVote(wrong.Message, number, added).ToResult();
        }
        catch (Exception broken) when (BodyCoding.IsBroken(broken))
        {
            var error = ApiError.BrokenCoding();
            return (error with { Message = $"{error.Message} {Before(added)}" }).ToResult();
        }
        return TypedResults.Json(new JsonObject { ["object"] = "preferences.import", ["added"] = added, ["known"] = known },
            WireJson.Wire.JsonObject);
    }

    // What is wrong with a line as such begins with its number.
    static ApiError NoVote(string why, int number, int added)
    {
        if (!why.StartsWith("line ", StringComparison.Ordinal)) why = $"line {number}: {why}.";
        return ApiError.InvalidValue(why[..why.IndexOf(':', StringComparison.Ordinal)], $"Not stored: {why} {Before(added)}");
    }

    static string Before(int added) => $"The {added} votes before it are stored.";
}
