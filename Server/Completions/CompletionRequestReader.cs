// Reads the body of POST /v1/completions as a CompletionRequest; most fields by the readers of chats. A field that no reader knows is
// refused.
using System.Text.Json;
using Majlis.Server.Chat;
using Majlis.Server.Wire;

namespace Majlis.Server.Completions;

static class CompletionRequestReader
{
    /// <summary>Completions of all prompts together, those that are generated and not returned included.</summary>
    const int Most = 128;

    static readonly Dictionary<string, string> refused = new()
    {
        ["suffix"] = "The model continues a prompt; it fills no gap before a suffix.",
        ["response_format"] = "Completions are free text; ask for a chat completion.",
        ["structured_outputs"] = "Completions are free text; ask for a chat completion.",
    };

    /// <summary>Reads a whole request, or leaves the reason in <paramref name="problem"/> (then the result is null).</summary>
    public static CompletionRequest? Read(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var model = fields.RequiredText("model");
        fields.Text("user");
        Refuse(fields);
        var output = OutputReader.ReadCompletion(fields);
        var request = new CompletionRequest
        {
            Model = model,
            Prompts = PromptReader.Read(fields, Most),
            AddSpecialTokens = fields.Flag("add_special_tokens") ?? true,
            Sampling = SamplingReader.Read(fields),
            MaxTokens = fields.Int("max_tokens", 0, int.MaxValue),
            Stop = StopReader.Read(fields),
            BestOf = fields.Int("best_of", 1, Most) ?? output.Choices,
            Echo = fields.Flag("echo") ?? false,
            Priority = fields.Int("priority", 0, int.MaxValue) ?? 0,
            Deterministic = fields.Flag("deterministic"),
            CacheSalt = fields.Text("cache_salt"),
            Output = output,
        };
        fields.Done();
        CheckCounts(request, problem);
        return problem.First is null ? request : null;
    }

    static void Refuse(Fields fields)
    {
        foreach (var (name, reason) in refused)
            if (fields.Any(name) is { } value && !AsksForNothing(value)) fields.Problem.Add(ApiError.UnsupportedField(name, reason));
    }

    // An empty suffix, or OpenAI's way to ask for free text.
    static bool AsksForNothing(JsonElement value) => value.ValueKind == JsonValueKind.String && value.ValueEquals("")
        || value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() == 1
        && value.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("text");

    static void CheckCounts(CompletionRequest request, Problem problem)
    {
        var (choices, all) = (request.Output.Choices, (long)request.BestOf * request.Prompts.Length);
        if (request.BestOf < choices)
            problem.Add(ApiError.InvalidValue("best_of", $"Invalid 'best_of': {request.BestOf} is less than 'n', which is {choices}."));
        if (request.BestOf > choices && request.Output.Stream)
            problem.Add(ApiError.InvalidValue("best_of", "'best_of' above 'n' cannot be streamed: the best is known at the end."));
        if (all > Most)
            problem.Add(ApiError.InvalidValue(request.Prompts.Length > 1 ? "prompt" : "n",
                $"Invalid 'prompt': {request.Prompts.Length} prompts with {request.BestOf} completions each ('n', 'best_of') make {all}; "
                + $"up to {Most} are generated at a time."));
    }
}
