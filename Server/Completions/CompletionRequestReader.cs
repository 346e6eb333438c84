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

    /// <summary>Reads a whole request, or leaves the reason in <paramref name="problem"/> (then the result is null).</summary>
    public static CompletionRequest? Read(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var model = fields.RequiredText("model");
        RefuseSuffix(fields);
        var output = OutputReader.ReadCompletion(fields);
        var request = new CompletionRequest
        {
            Model = model,
            User = fields.Text("user"),
            Prompts = PromptReader.Read(fields, Most),
            AddSpecialTokens = fields.Flag("add_special_tokens") ?? true,
            Sampling = SamplingReader.Read(fields),
            MaxTokens = fields.Int("max_tokens", 0, int.MaxValue),
            Stop = StopReader.Read(fields),
            BestOf = OutputReader.BestOf(fields, "best_of", output) ?? output.Choices,
            Echo = fields.Flag("echo") ?? false,
            Grammar = GrammarReader.Read(fields),
            Priority = fields.Int("priority", 0, int.MaxValue) ?? 0,
            Deterministic = fields.Flag("deterministic"),
            CacheSalt = fields.Text("cache_salt"),
            Output = output,
        };
        fields.Done();
        CheckCounts(request, problem);
        return problem.First is null ? request : null;
    }

    // An empty suffix asks for nothing.
    static void RefuseSuffix(Fields fields)
    {
        const string field = "suffix";
        if (fields.Any(field) is { } value && !(value.ValueKind == JsonValueKind.String && value.ValueEquals("")))
            fields.Problem.Add(ApiError.UnsupportedField(field, "The model continues a prompt; it fills no gap before a suffix."));
    }

    static void CheckCounts(CompletionRequest request, Problem problem)
    {
        var all = (long)request.BestOf * request.Prompts.Length;
        if (all > Most)
            problem.Add(ApiError.InvalidValue(request.Prompts.Length > 1 ? "prompt" : "n",
                $"Invalid 'prompt': {request.Prompts.Length} prompts with {request.BestOf} completions each ('n', 'best_of') make {all}; "
                + $"up to {Most} are generated at a time."));
    }
}
