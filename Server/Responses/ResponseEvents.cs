// What is generated as the typed events of one response, numbered in order. Knows no HTTP and no store.
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Server.Chat;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Responses;

sealed class ResponseEvents(ChatRun run, ResponseRequest request, IdSource ids)
{
    // Deltas are padded to a multiple of this, so that their sizes reveal less of the text.
    const int ObfuscationBlock = 16;

    readonly UsageCount usage = new(run);
    readonly List<JsonObject> output = [];
    OpenItem? open;
    FinishReason? finish;
    int sequence;

    /// <summary>An event as the wire has it, named by its type.</summary>
    public static SseItem<string> Named(JsonObject item) => new(item.ToJsonString(WireJson.Wire.Options), (string)item["type"]!);

    /// <summary>Whether it ended because there was no room for more.</summary>
    public string FinalStatus => finish == FinishReason.Length ? "incomplete" : "completed";

    /// <summary>An event about the response as a whole.</summary>
    public JsonObject Of(string type, JsonObject response) => Event(type, new() { ["response"] = response });

    /// <summary>The last event of a stream that fails; the error also stands in OpenAI's usual shape, which clients raise.</summary>
    public JsonObject Of(ApiError error) => Event("error", new()
    {
        ["code"] = error.Code,
        ["message"] = error.Message,
        ["param"] = error.Param,
        ["error"] = JsonNode.Parse(error.ToEvent())!["error"]!.DeepClone(),
    });

    /// <summary>The events of one piece.</summary>
    public IEnumerable<JsonObject> Of(GeneratedPiece piece)
    {
        usage.Add(0, piece);
        if (piece.Reasoning.Length > 0)
            foreach (var item in Grow("reasoning", "response.reasoning_text", piece.Reasoning)) yield return item;
        if (piece.Text.Length > 0 || (request.Chat.Output.LogProbabilities && piece.Shown.Length > 0))
            foreach (var item in Grow("message", "response.output_text", piece.Text, piece.Shown)) yield return item;
        foreach (var item in Annotate(piece)) yield return item;
        foreach (var call in piece.Calls)
            foreach (var item in Call(call.Name, call.Arguments)) yield return item;
        if (piece.Finish is null) yield break;
        finish = piece.Finish;
        // An answer of no text is an empty message.
        if (open is null && output.All(item => (string?)item["type"] == "reasoning"))
            foreach (var item in Open("message")) yield return item;
        foreach (var item in Close(FinalStatus)) yield return item;
    }

    /// <summary>The response as it stands, with what is half written where it was broken off.</summary>
    public JsonObject Shape(string status, long? completed, bool isKept) =>
        ResponseShape.Of(run, request, open is null ? output : [.. output, open.Shape("incomplete")],
            finish is null ? null : usage.Usage, (status, completed, isKept));

    IEnumerable<JsonObject> Grow(string type, string what, string text, IEnumerable<GeneratedToken>? tokens = null)
    {
        if (open?.Type != type)
            foreach (var item in Open(type)) yield return item;
        open!.Text.Append(text);
        var delta = Delta($"{what}.delta", text);
        if (type == "message") delta["logprobs"] = LogProbs(tokens!);
        yield return delta;
    }

    IEnumerable<JsonObject> Call(string? name, string arguments)
    {
        if (name is not null)
            foreach (var item in Open("function_call", name)) yield return item;
        if (arguments.Length == 0) yield break;
        open!.Text.Append(arguments);
        var delta = Delta("response.function_call_arguments.delta", arguments);
        delta.Remove("content_index");
        yield return delta;
    }

    IEnumerable<JsonObject> Annotate(GeneratedPiece piece)
    {
        if (open is null || run.Sources?.Cite(piece.Citations) is not { Count: > 0 } citations) yield break;
        foreach (var cited in CitedSources.Annotate(citations).Select(annotation => annotation.UrlCitation))
        {
            var annotation = new JsonObject
            {
                ["type"] = "url_citation",
                ["start_index"] = cited.StartIndex,
                ["end_index"] = cited.EndIndex,
                ["title"] = cited.Title,
                ["url"] = cited.Url,
            };
            var added = InPart("response.output_text.annotation.added");
            (added["annotation_index"], added["annotation"]) = (open.Annotations.Count, annotation.DeepClone());
            open.Annotations.Add(annotation);
            yield return added;
        }
    }

    IEnumerable<JsonObject> Open(string type, string? name = null)
    {
        foreach (var item in Close("completed")) yield return item;
        open = new(ItemIds.Output(run.Id, type, output.Count), type, output.Count)
        {
            Name = name,
            CallId = name is null ? null : ids.Next("call_"),
        };
        yield return Event("response.output_item.added", new() { ["output_index"] = open.Index, ["item"] = open.Shape("in_progress") });
        if (type == "function_call") yield break;
        var added = InPart("response.content_part.added");
        added["part"] = open.Part();
        yield return added;
    }

    IEnumerable<JsonObject> Close(string status)
    {
        if (open is not { } item) yield break;
        var text = item.Text.ToString();
        if (item.Type == "function_call")
        {
            var done = InPart("response.function_call_arguments.done");
            done.Remove("content_index");
            (done["arguments"], done["name"]) = (text, item.Name);
            yield return done;
        }
        else
        {
            var done = InPart(item.Type == "reasoning" ? "response.reasoning_text.done" : "response.output_text.done");
            done["text"] = text;
            if (item.Type == "message") done["logprobs"] = item.LogProbs.DeepClone();
            yield return done;
            var part = InPart("response.content_part.done");
            part["part"] = item.Part();
            yield return part;
        }
        var shape = item.Shape(status);
        output.Add(shape);
        open = null;
        yield return Event("response.output_item.done", new() { ["output_index"] = item.Index, ["item"] = shape.DeepClone() });
    }

    JsonArray LogProbs(IEnumerable<GeneratedToken> tokens)
    {
        if (!request.Chat.Output.LogProbabilities) return [];
        var written = JsonSerializer.SerializeToNode(LogProbsWriter.Of(tokens, run.Tokenizer), WireJson.Wire.ChoiceLogProbs)!;
        var list = written["content"]!.AsArray();
        foreach (var entry in list) open!.LogProbs.Add(entry!.DeepClone());
        return (JsonArray)list.DeepClone();
    }

    JsonObject Delta(string type, string text)
    {
        var delta = InPart(type);
        delta["delta"] = text;
        if (request.Chat.Output.Obfuscate) delta["obfuscation"] = ids.Text(ObfuscationBlock - text.Length % ObfuscationBlock);
        return delta;
    }

    JsonObject InPart(string type) =>
        Event(type, new() { ["item_id"] = open!.Id, ["output_index"] = open.Index, ["content_index"] = 0 });

    JsonObject Event(string type, JsonObject rest)
    {
        var made = new JsonObject { ["type"] = type, ["sequence_number"] = sequence++ };
        foreach (var (name, value) in rest.ToList())
        {
            rest.Remove(name);
            made[name] = value;
        }
        return made;
    }
}
