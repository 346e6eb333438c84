// Reads the body of POST /v1/responses. What a chat has too is read by the chat's readers; a field that no reader knows is refused.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Chat;
using Majlis.Server.Chat.Reasoning;
using Majlis.Server.Replies;
using Majlis.Server.Wire;
using Majlis.Text.Chat.Reasoning;

namespace Majlis.Server.Responses;

static class ResponseRequestReader
{
    const int MostTop = 20;
    const string LogProbs = "message.output_text.logprobs";

    // What these would include never comes about here, but for the first.
    static readonly string[] includes =
    [
        LogProbs, "reasoning.encrypted_content", "file_search_call.results", "web_search_call.results", "web_search_call.action.sources",
        "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs",
    ];

    /// <summary>A whole request, or null with the reason in <paramref name="problem"/>.</summary>
    public static ResponseRequest? Read(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        ResponseFields.Refuse(fields);
        var echo = new JsonObject();
        var request = new ResponseRequest
        {
            Chat = Chat(fields, fields.RequiredText("model"), echo),
            Items = InputReader.Read(fields),
            Instructions = Echoed(echo, "instructions", fields.Text("instructions")),
            Previous = Echoed(echo, "previous_response_id", fields.Text("previous_response_id")),
            Store = fields.Flag("store"),
            Background = fields.Flag("background") ?? false,
            DropsOldest = Echoed(echo, "truncation", fields.Word("truncation", ["disabled", "auto"])) == "auto",
            Echo = echo,
        };
        echo["metadata"] = Metadata.Read(fields) ?? [];
        echo["background"] = request.Background;
        request = request with { Chat = request.Chat with { User = ResponseFields.ReadEchoed(fields, echo) } };
        CheckForm(request, problem);
        fields.Done();
        return problem.First is null ? request : null;
    }

    static ChatRequest Chat(Fields fields, string model, JsonObject echo)
    {
        var (effort, limit) = (Effort(fields, echo), fields.Int("max_output_tokens", 1, int.MaxValue));
        echo["max_output_tokens"] = limit;
        return new()
        {
            Model = model,
            Messages = [],
            Documents = DocumentReader.Read(fields),
            Citations = CitationOptionsReader.Read(fields),
            Tools = ResponseTools.Read(fields, echo),
            TemplateArguments = ChatRequestReader.TemplateArguments(fields),
            Effort = effort,
            ThinkingBudget = ReasoningReader.Budget(fields),
            Sampling = SamplingReader.Read(fields),
            MaxTokens = limit,
            Priority = fields.Int("priority", 0, int.MaxValue) ?? 0,
            Deterministic = fields.Flag("deterministic"),
            CacheSalt = fields.Text("cache_salt"),
            Grammar = TextReader.Read(fields, echo),
            Output = Output(fields, echo),
        };
    }

    static string? Effort(Fields fields, JsonObject echo)
    {
        var (effort, summary) = ((string?)null, (string?)null);
        if (fields.Of("reasoning", JsonValueKind.Object, "an object") is { } given)
        {
            var reasoning = new Fields(given, "reasoning", fields.Problem);
            if (reasoning.Has("effort")) effort = reasoning.Word("effort", TemplateReasoning.Efforts);
            foreach (var name in new[] { "summary", "generate_summary" })
                // "auto" leaves it to the server whether there is a summary.
                if (reasoning.Has(name) && (summary = reasoning.Word(name, ["auto", "concise", "detailed"])) != "auto")
                    reasoning.Problem.Add(ApiError.UnsupportedField(reasoning.Name(name),
                        "What the model thinks is given whole and never summarised; 'auto' is taken."));
            reasoning.Done();
        }
        echo["reasoning"] = new JsonObject { ["effort"] = effort, ["summary"] = summary };
        return effort;
    }

    static OutputWishes Output(Fields fields, JsonObject echo)
    {
        var wanted = new HashSet<string>();
        foreach (var (value, name) in fields.Items("include").TakeWhile(_ => fields.Problem.First is null))
            if (value.ValueKind == JsonValueKind.String && includes.Contains(value.GetString())) wanted.Add(value.GetString()!);
            else fields.Problem.Add(ApiError.InvalidValue(name,
                $"Invalid '{name}'. Supported values are: {string.Join(", ", includes.Select(known => $"'{known}'"))}."));
        var top = fields.Int("top_logprobs", 0, MostTop) ?? 0;
        echo["top_logprobs"] = top;
        var (stream, padded) = (fields.Flag("stream") ?? false, false);
        if (fields.Of("stream_options", JsonValueKind.Object, "an object") is { } given)
        {
            var options = new Fields(given, "stream_options", fields.Problem);
            padded = options.Flag("include_obfuscation") ?? false;
            options.Done();
        }
        return new()
        {
            Stream = stream,
            Obfuscate = padded,
            LogProbabilities = wanted.Contains(LogProbs),
            TopLogProbabilities = top,
            SkipSpecialTokens = fields.Flag("skip_special_tokens") ?? true,
        };
    }

    static void CheckForm(ResponseRequest request, Problem problem)
    {
        problem.AddIf(request is { Background: true, Store: false },
            ApiError.InvalidValue("background", "'background' needs 'store': the response is asked for later."));
    }

    static string? Echoed(JsonObject echo, string field, string? value)
    {
        echo[field] = value;
        return value;
    }
}
