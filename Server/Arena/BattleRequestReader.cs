// The body of a new battle: a chat request without what would tell the sides apart or make them one.
using System.Text.Json;

namespace Majlis.Server;

static class BattleRequestReader
{
    static readonly string[] chatOnly = ["n", "logprobs", "top_logprobs", "return_token_ids", "stream_options", "skip_special_tokens"];

    public static ChatRequest? Read(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        foreach (var name in chatOnly)
            if (fields.Any(name) is not null)
                problem.Add(ApiError.UnsupportedField(name, "A battle streams two plain answers."));
        var request = ChatRequestReader.Read(fields, fields.Text("model") ?? ModelNames.Current);
        if (request.Sampling.Temperature == 0)
            problem.Add(ApiError.InvalidValue("temperature", "Invalid 'temperature': at 0 both sides would be the same answer."));
        return problem.First is null ? request with { Output = new OutputWishes { Choices = 2, Stream = true } } : null;
    }
}
