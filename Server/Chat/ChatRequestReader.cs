// Reads the body of POST /v1/chat/completions as a ChatRequest, with one reader for each concern. A field that no reader knows is refused.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Chat.Reasoning;
using Majlis.Server.Chat.Tools;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class ChatRequestReader
{
    const int MostArgumentBytes = 1 << 16;

    /// <summary>Reads a whole request, or leaves the reason in <paramref name="problem"/> (then the result is null).</summary>
    public static ChatRequest? Read(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var model = fields.RequiredText("model");
        var request = Read(fields, model);
        return problem.First is null ? request : null;
    }

    /// <summary>Reads everything but the model's name; shared with other endpoints that take a prompt.</summary>
    public static ChatRequest Read(Fields fields, string model)
    {
        var keeping = ChatKeeping.Read(fields);
        UnsupportedFields.Check(fields);
        var request = ReadPrompt(fields, model) with
        {
            User = ConversationKey.Read(fields).Values.FirstOrDefault(name => name is not null),
            Sampling = SamplingReader.Read(fields),
            MaxTokens = MaxTokens(fields),
            ThinkingBudget = ReasoningReader.Budget(fields),
            Stop = StopReader.Read(fields),
            Priority = fields.Int("priority", 0, int.MaxValue) ?? 0,
            Deterministic = fields.Flag("deterministic"),
            CacheSalt = fields.Text("cache_salt"),
            Grammar = GrammarReader.Read(fields),
            Output = OutputReader.Read(fields),
            Keeping = keeping,
        };
        request = request with { BestOf = OutputReader.BestOf(fields, "best_of_n", request.Output) };
        fields.Done();
        return request;
    }

    /// <summary>Reads only what makes the prompt.</summary>
    public static ChatRequest ReadPrompt(Fields fields, string model)
    {
        var messages = MessageReader.Read(fields);
        var prefix = fields.Flag("continue_final_message") ?? false;
        var request = new ChatRequest
        {
            Model = model,
            Messages = messages,
            Documents = DocumentReader.Read(fields),
            Citations = CitationOptionsReader.Read(fields),
            Tools = ToolOfferReader.Read(fields),
            TemplateArguments = TemplateArguments(fields),
            Effort = ReasoningReader.Effort(fields),
            ContinueFinalMessage = prefix,
            AddGenerationPrompt = fields.Flag("add_generation_prompt") ?? !prefix,
            Sampling = new(),
            Output = new(),
        };
        CheckPrefix(request, fields.Problem);
        return request;
    }

    static int? MaxTokens(Fields fields)
    {
        var old = fields.Int("max_tokens", 1, int.MaxValue);
        var now = fields.Int("max_completion_tokens", 1, int.MaxValue);
        if (old is not null && now is not null && old != now)
            fields.Problem.Add(ApiError.InvalidValue("max_tokens",
                "'max_tokens' and 'max_completion_tokens' say different things; send one."));
        return now ?? old;
    }

    public static JsonObject? TemplateArguments(Fields fields)
    {
        const string field = "chat_template_kwargs";
        if (fields.Small(field, MostArgumentBytes) is not { } value || fields.Problem.First is not null) return null;
        if (value.ValueKind == JsonValueKind.Object) return JsonObject.Create(value.Clone());
        fields.Problem.Add(ApiError.WrongType(field, "an object", Fields.Kind(value)));
        return null;
    }

    static void CheckPrefix(ChatRequest request, Problem problem)
    {
        const string field = "continue_final_message";
        if (!request.ContinueFinalMessage || problem.First is not null) return;
        if (request.AddGenerationPrompt)
            problem.Add(ApiError.InvalidValue(field, $"'{field}' and 'add_generation_prompt' exclude each other."));
        else if ((string?)request.Messages[^1]!["role"] != "assistant")
            problem.Add(ApiError.InvalidValue(field, $"'{field}' needs a last message of role 'assistant' to continue."));
    }
}
