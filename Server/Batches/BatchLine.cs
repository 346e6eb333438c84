// One line of a batch's input: a request with the name that its answer will bear. Reads and checks lines; sends nothing.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Files;
using Majlis.Server.Wire;

namespace Majlis.Server.Batches;

/// <param name="Name">The client's custom_id.</param>
sealed record BatchLine(int Number, string Name, JsonObject Body)
{
    const int LongestName = 512;

    /// <summary>The line's request, or null with the reason in <paramref name="problem"/>.</summary>
    /// <param name="endpoint">The path that every line of the batch must name.</param>
    public static BatchLine? Read(JsonLine line, string endpoint, out BatchProblem? problem)
    {
        if (JsonLines.Problem(line) is { } damage)
        {
            problem = new("invalid_json_line", damage, null, line.Number);
            return null;
        }
        using var json = JsonDocument.Parse(line.Text, StrictJson.Options);
        var (found, place) = (new Problem(), $"line {line.Number}: ");
        var fields = new Fields(json.RootElement, "", found);
        var name = fields.RequiredText("custom_id");
        if (name.Length is 0 or > LongestName)
            found.Add(ApiError.InvalidValue("custom_id", $"Invalid 'custom_id': 1 to {LongestName} characters are expected."));
        fields.Word("method", ["POST"], required: true);
        fields.Word("url", [endpoint], required: true);
        if (!fields.Has("body")) found.Add(ApiError.MissingField("body"));
        var body = fields.Of("body", JsonValueKind.Object, "an object");
        if (body?.TryGetProperty("stream", out var stream) == true && stream.ValueKind == JsonValueKind.True)
            found.Add(ApiError.UnsupportedField("body.stream", "A batch's answers are whole."));
        if (body?.TryGetProperty("background", out var background) == true && background.ValueKind == JsonValueKind.True)
            found.Add(ApiError.UnsupportedField("body.background", "A batch waits for its answers."));
        fields.Done();
        problem = found.First is { } first ? new(first.Code ?? "invalid_request", place + first.Message, first.Param, line.Number) : null;
        return problem is null ? new(line.Number, name, JsonObject.Create(body!.Value.Clone())!) : null;
    }
}
