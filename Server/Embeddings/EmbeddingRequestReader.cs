// Reads the body of POST /v1/embeddings: OpenAI's fields, and vLLM's and NVIDIA's where OpenAI has none. Knows no model.
using System.Text.Json;
using Majlis.Inference.Sentences;
using Majlis.Server.Completions;
using Majlis.Server.Wire;

namespace Majlis.Server.Embeddings;

static class EmbeddingRequestReader
{
    /// <summary>OpenAI's limit of inputs in one request.</summary>
    public const int MostInputs = 2048;

    const int MostDimensions = 1 << 20;

    static readonly string[] formats = ["float", "base64"];

    static readonly Dictionary<string, TextKind> kinds = new()
    {
        ["query"] = TextKind.Query,
        ["search_query"] = TextKind.Query,
        ["document"] = TextKind.Document,
        ["passage"] = TextKind.Document,
        ["search_document"] = TextKind.Document,
        ["classification"] = TextKind.Classification,
        ["clustering"] = TextKind.Clustering,
    };

    /// <summary>The request, or null with the reason in <paramref name="problem"/>.</summary>
    public static EmbeddingRequest? Read(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var most = fields.Int("truncate_prompt_tokens", -1, int.MaxValue);
        if (most == 0)
            problem.Add(ApiError.InvalidValue("truncate_prompt_tokens", "Invalid 'truncate_prompt_tokens': 0; it is -1 or positive."));
        var request = new EmbeddingRequest
        {
            Model = fields.RequiredText("model"),
            Inputs = PromptReader.Read(fields, MostInputs, "input"),
            Dimensions = fields.Int("dimensions", 1, MostDimensions),
            IsBase64 = fields.Word("encoding_format", formats) == "base64",
            Kind = fields.Has("input_type") ? kinds.GetValueOrDefault(fields.Word("input_type", [.. kinds.Keys])) : null,
            MostTokens = most is > 0 ? most : null,
            Truncation = most is null ? Truncation.None : Truncation.End,
            Priority = fields.Int("priority", 0, int.MaxValue) ?? 0,
        };
        // By their nature without an effect that shows.
        fields.Text("user");
        fields.Text("safety_identifier");
        fields.Done();
        return problem.First is null ? request : null;
    }
}
