// What is generated as the events of Cohere's chat, and the reply as it stands: thinking and text as content, calls, citations. Knows no
// HTTP.
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Server.Chat;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Cohere;

/// <param name="plans">Thinking is the plan of tool calls, as this API has it where tools are offered.</param>
sealed class CohereEvents(ChatRun run, bool plans, bool logProbabilities, IdSource ids) : ITranslatedReply
{
    readonly UsageCount usage = new(run);
    readonly JsonArray content = [], calls = [], citations = [], scores = [];
    readonly StringBuilder text = new(), plan = new(), arguments = new();
    string? open, finish;
    bool isCalling;

    public IEnumerable<JsonObject> Of(GeneratedPiece piece, bool isFirst)
    {
        usage.Add(0, piece);
        var scored = Score(piece);
        if (isFirst) yield return Start();
        if (piece.Reasoning.Length > 0)
            foreach (var item in plans ? Plan(piece.Reasoning) : Grow("thinking", piece.Reasoning)) yield return item;
        if (piece.Text.Length > 0)
            foreach (var item in Grow("text", piece.Text, scored)) yield return item;
        foreach (var item in Cite(piece)) yield return item;
        foreach (var call in piece.Calls)
            foreach (var item in Call(call.Name, call.Arguments)) yield return item;
        if (piece.Finish is not { } reason) yield break;
        foreach (var item in EndContent().Concat(EndCall())) yield return item;
        finish = reason switch
        {
            FinishReason.ToolCalls => "TOOL_CALL",
            _ when piece.StopString is not null => "STOP_SEQUENCE",
            FinishReason.Length => "MAX_TOKENS",
            _ => "COMPLETE",
        };
        yield return Event("message-end", null, new() { ["finish_reason"] = finish, ["usage"] = Usage() });
    }

    /// <summary>The reply, once it has ended.</summary>
    public JsonObject Reply()
    {
        var message = new JsonObject { ["role"] = "assistant" };
        if (content.Count > 0) message["content"] = content.DeepClone();
        if (plan.Length > 0) message["tool_plan"] = plan.ToString();
        if (calls.Count > 0) message["tool_calls"] = calls.DeepClone();
        if (citations.Count > 0) message["citations"] = citations.DeepClone();
        var reply = new JsonObject { ["id"] = run.Id, ["finish_reason"] = finish, ["message"] = message, ["usage"] = Usage() };
        if (logProbabilities) reply["logprobs"] = scores.DeepClone();
        return reply;
    }

    /// <summary>The last event of a stream that fails.</summary>
    public static JsonObject Failure(ApiError error) =>
        Event("message-end", null, new() { ["finish_reason"] = "ERROR", ["error"] = error.Message });

    JsonObject Start()
    {
        var start = Message("message-start", null, new()
        {
            ["role"] = "assistant",
            ["content"] = new JsonArray(),
            ["tool_plan"] = "",
            ["tool_calls"] = new JsonArray(),
            ["citations"] = new JsonArray(),
        });
        start["id"] = run.Id;
        return start;
    }

    JsonObject Usage()
    {
        var (input, output) = (run.PromptTokens, usage.Usage.CompletionTokens);
        return new()
        {
            ["billed_units"] = new JsonObject { ["input_tokens"] = input, ["output_tokens"] = output },
            ["tokens"] = new JsonObject { ["input_tokens"] = input, ["output_tokens"] = output },
            ["cached_tokens"] = usage.Usage.PromptTokensDetails.CachedTokens,
        };
    }

    /// <summary>Keeps the tokens of a piece, an entry each, and gives them as the one entry that an event has; null where there is none.
    /// </summary>
    JsonObject? Score(GeneratedPiece piece)
    {
        if (!logProbabilities || piece.Shown.IsEmpty) return null;
        foreach (var token in piece.Shown) scores.Add(Entry([token]));
        return Entry(piece.Shown);
    }

    JsonObject Entry(ImmutableArray<GeneratedToken> tokens) => new()
    {
        ["token_ids"] = new JsonArray([.. tokens.Select(token => JsonValue.Create(token.Id))]),
        ["text"] = LogProbsWriter.Text([.. tokens.SelectMany(token => run.Tokenizer.TokenBytes(token.Id).ToArray())]),
        ["logprobs"] = new JsonArray([.. tokens.Select(token => JsonValue.Create(LogProbsWriter.Finite(token.LogProbability)))]),
    };

    IEnumerable<JsonObject> Plan(string more)
    {
        plan.Append(more);
        yield return Message("tool-plan-delta", null, new() { ["tool_plan"] = more });
    }

    IEnumerable<JsonObject> Grow(string type, string more, JsonObject? scored = null)
    {
        if (open != type)
        {
            foreach (var item in EndContent()) yield return item;
            open = type;
            yield return Message("content-start", content.Count,
                new() { ["content"] = new JsonObject { ["type"] = type, [type] = "" } });
        }
        text.Append(more);
        var delta = Message("content-delta", content.Count, new() { ["content"] = new JsonObject { [type] = more } });
        if (scored is not null) delta["logprobs"] = scored;
        yield return delta;
    }

    IEnumerable<JsonObject> EndContent()
    {
        if (open is null) yield break;
        content.Add(new JsonObject { ["type"] = open, [open] = text.ToString() });
        text.Clear();
        open = null;
        yield return Event("content-end", content.Count - 1, null);
    }

    IEnumerable<JsonObject> Cite(GeneratedPiece piece)
    {
        foreach (var cited in run.Sources?.Cite(piece.Citations) ?? [])
        {
            var citation = new JsonObject
            {
                ["start"] = cited.Start,
                ["end"] = cited.End,
                ["text"] = cited.Text,
                ["sources"] = new JsonArray([.. cited.Sources.Select(Source)]),
                ["content_index"] = open is null ? Math.Max(0, content.Count - 1) : content.Count,
                ["type"] = cited.Type,
            };
            citations.Add(citation);
            var index = citations.Count - 1;
            yield return Message("citation-start", index, new() { ["citations"] = citation.DeepClone() });
            yield return Event("citation-end", index, null);
        }
    }

    static JsonObject Source(CitationSource source) =>
        JsonSerializer.SerializeToNode(source, WireJson.Wire.CitationSource)!.AsObject();

    IEnumerable<JsonObject> Call(string? name, string more)
    {
        if (name is not null)
        {
            foreach (var item in EndContent().Concat(EndCall())) yield return item;
            isCalling = true;
            calls.Add(new JsonObject
            {
                ["id"] = ids.Next("call_"),
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = name, ["arguments"] = "" },
            });
            yield return Message("tool-call-start", calls.Count - 1, new() { ["tool_calls"] = calls[^1]!.DeepClone() });
        }
        if (more.Length == 0) yield break;
        arguments.Append(more);
        yield return Message("tool-call-delta", calls.Count - 1,
            new() { ["tool_calls"] = new JsonObject { ["function"] = new JsonObject { ["arguments"] = more } } });
    }

    IEnumerable<JsonObject> EndCall()
    {
        if (!isCalling) yield break;
        calls[^1]!["function"]!["arguments"] = arguments.ToString();
        arguments.Clear();
        isCalling = false;
        yield return Event("tool-call-end", calls.Count - 1, null);
    }

    static JsonObject Message(string type, int? index, JsonObject message) => Event(type, index, new() { ["message"] = message });

    static JsonObject Event(string type, int? index, JsonObject? delta)
    {
        var made = new JsonObject { ["type"] = type };
        if (index is not null) made["index"] = index;
        if (delta is not null) made["delta"] = delta;
        return made;
    }
}
