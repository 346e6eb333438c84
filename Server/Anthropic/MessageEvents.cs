// What is generated as the events of one message, and the message as it stands: blocks of thinking, text and tool use. Knows no HTTP.
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Server.Chat;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Anthropic;

sealed class MessageEvents(ChatRun run, IdSource ids) : ITranslatedReply
{
    readonly UsageCount usage = new(run);
    readonly JsonArray content = [];
    readonly StringBuilder text = new();
    JsonObject? open;
    string? reason, stop;

    /// <summary>The events of one piece; the first piece's begin the message, the last one's end it.</summary>
    public IEnumerable<JsonObject> Of(GeneratedPiece piece, bool isFirst)
    {
        usage.Add(0, piece);
        if (isFirst) yield return Event("message_start", ("message", Reply()));
        if (piece.Reasoning.Length > 0)
            foreach (var item in Grow("thinking", "thinking", piece.Reasoning)) yield return item;
        if (piece.Text.Length > 0)
            foreach (var item in Grow("text", "text", piece.Text)) yield return item;
        foreach (var call in piece.Calls)
        {
            if (call.Name is { } name)
                foreach (var item in Open("tool_use", name)) yield return item;
            if (call.Arguments.Length > 0) yield return Delta("input_json_delta", "partial_json", call.Arguments);
        }
        if (piece.Finish is not { } finish) yield break;
        foreach (var item in Close()) yield return item;
        stop = finish is FinishReason.ToolCalls ? null : piece.StopString;
        reason = finish switch
        {
            FinishReason.ToolCalls => "tool_use",
            _ when stop is not null => "stop_sequence",
            FinishReason.Length => "max_tokens",
            _ => "end_turn",
        };
        var total = Usage();
        yield return Event("message_delta",
            ("delta", new JsonObject { ["stop_reason"] = reason, ["stop_sequence"] = stop }), ("usage", total));
        yield return Event("message_stop");
    }

    /// <summary>The message as it stands.</summary>
    public JsonObject Reply() => new()
    {
        ["id"] = run.Id,
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = run.Version,
        ["content"] = content.DeepClone(),
        ["stop_reason"] = reason,
        ["stop_sequence"] = stop,
        ["usage"] = Usage(),
    };

    // What came from the cache is counted beside the rest.
    JsonObject Usage()
    {
        var cached = usage.Usage.PromptTokensDetails.CachedTokens;
        return new()
        {
            ["input_tokens"] = run.PromptTokens - cached,
            ["cache_creation_input_tokens"] = 0,
            ["cache_read_input_tokens"] = cached,
            ["output_tokens"] = usage.Usage.CompletionTokens,
            ["service_tier"] = "standard",
        };
    }

    IEnumerable<JsonObject> Grow(string type, string field, string more)
    {
        if ((string?)open?["type"] != type)
            foreach (var item in Open(type, null)) yield return item;
        yield return Delta($"{type}_delta", field, more);
    }

    IEnumerable<JsonObject> Open(string type, string? name)
    {
        foreach (var item in Close()) yield return item;
        open = type switch
        {
            "tool_use" => new() { ["type"] = type, ["id"] = ids.Next("toolu_"), ["name"] = name, ["input"] = new JsonObject() },
            "thinking" => new() { ["type"] = type, ["thinking"] = "", ["signature"] = "" },
            _ => new() { ["type"] = type, ["text"] = "" },
        };
        yield return Event("content_block_start", ("index", content.Count), ("content_block", open.DeepClone()));
    }

    JsonObject Delta(string type, string field, string more)
    {
        text.Append(more);
        return Event("content_block_delta", ("index", content.Count), ("delta", new JsonObject { ["type"] = type, [field] = more }));
    }

    IEnumerable<JsonObject> Close()
    {
        if (open is null) yield break;
        var index = content.Count;
        if ((string?)open["type"] == "tool_use") open["input"] = Input(text.ToString());
        else open[(string)open["type"]!] = text.ToString();
        content.Add(open);
        text.Clear();
        open = null;
        yield return Event("content_block_stop", ("index", index));
    }

    // Arguments that were cut off are no JSON; a stream shows how far they came.
    static JsonObject Input(string arguments)
    {
        try
        {
            return JsonNode.Parse(arguments) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    static JsonObject Event(string type, params (string Name, JsonNode? Value)[] fields)
    {
        var made = new JsonObject { ["type"] = type };
        foreach (var (name, value) in fields) made[name] = value;
        return made;
    }
}
