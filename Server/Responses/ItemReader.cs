// Reads one input item: a message, a function call, its output, what a model thought, or a reference to an item of an earlier response.
// Each becomes the full form of the specification. Knows no model.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Chat;
using Majlis.Server.Wire;

namespace Majlis.Server.Responses;

static class ItemReader
{
    const int MostParts = 2048;

    static readonly string[] types = ["message", "function_call", "function_call_output", "reasoning", "item_reference"];
    static readonly string[] roles = ["user", "assistant", "system", "developer"];
    static readonly string[] phases = ["commentary", "final_answer"];

    public static JsonObject Read(JsonElement value, string name, Problem problem)
    {
        var item = new Fields(value, name, problem);
        var type = item.Word("type", types);
        var read = new JsonObject { ["id"] = item.Text("id"), ["type"] = type };
        if (type != "item_reference") read["status"] = item.Text("status") ?? "completed";
        switch (type)
        {
            case "message": Message(item, read); break;
            case "function_call": Call(item, read); break;
            case "function_call_output": Output(item, read); break;
            case "reasoning": Thought(item, read); break;
            default: item.Problem.AddIf(read["id"] is null, ApiError.MissingField(item.Name("id"))); break;
        }
        item.Done();
        return read;
    }

    static void Message(Fields item, JsonObject read)
    {
        var role = item.Word("role", roles, required: true);
        read["role"] = role;
        read["content"] = role == "assistant" ? Parts(item, "content", "output_text", "refusal") : Parts(item, "content", "input_text");
        if (item.Has("phase")) item.Word("phase", phases);
    }

    static void Call(Fields item, JsonObject read)
    {
        foreach (var field in new[] { "call_id", "name", "arguments" }) read[field] = item.RequiredText(field);
        if (item.Any("namespace") is not null)
            item.Problem.Add(ApiError.UnsupportedField(item.Name("namespace"), "Functions have no namespaces here."));
        ReadCaller(item);
    }

    // OpenAI's programs that call tools are none of this server's: the model calls.
    static void ReadCaller(Fields item)
    {
        if (item.Of("caller", JsonValueKind.Object, "an object") is not { } given) return;
        var caller = new Fields(given, item.Name("caller"), item.Problem);
        caller.Word("type", ["direct"], required: true);
        caller.Done();
    }

    static void Output(Fields item, JsonObject read)
    {
        read["call_id"] = item.RequiredText("call_id");
        read["output"] = item.Peek("output") is { ValueKind: JsonValueKind.String } ? item.Text("output")
            : Parts(item, "output", "input_text");
        ReadCaller(item);
    }

    static void Thought(Fields item, JsonObject read)
    {
        read["summary"] = item.Has("summary") ? Parts(item, "summary", "summary_text") : new JsonArray();
        if (item.Has("content")) read["content"] = Parts(item, "content", "reasoning_text");
        // Nothing is encrypted here: what another service wrote into it cannot be read.
        item.Text("encrypted_content");
    }

    /// <summary>A text, or an array of parts of these types; a text becomes a part of the first.</summary>
    static JsonArray Parts(Fields item, string field, params string[] types)
    {
        if (!item.Has(field)) item.Problem.Add(ApiError.MissingField(item.Name(field)));
        if (item.Peek(field) is { ValueKind: JsonValueKind.String }) return [Part(types[0], item.Text(field)!)];
        if (item.Peek(field) is { ValueKind: JsonValueKind.Array } given && given.GetArrayLength() > MostParts)
            item.Problem.Add(ApiError.TooMany(item.Name(field), given.GetArrayLength(), MostParts));
        var parts = new JsonArray();
        foreach (var (value, name) in item.Items(field).TakeWhile(_ => item.Problem.First is null))
        {
            var part = new Fields(value, name, item.Problem);
            var type = part.Word("type", types, required: true);
            var read = Part(type, part.RequiredText(type == "refusal" ? "refusal" : "text"));
            foreach (var beside in new[] { "annotations", "logprobs" })
                if (type == "output_text" && part.Of(beside, JsonValueKind.Array, "an array") is { } kept)
                    read[beside] = Translation.Node(kept);
            // The prefix cache finds reusable prefixes without this hint.
            part.Of("prompt_cache_breakpoint", JsonValueKind.Object, "an object");
            part.Done();
            parts.Add(read);
        }
        return parts;
    }

    static JsonObject Part(string type, string text)
    {
        var part = new JsonObject { ["type"] = type };
        if (type == "output_text") (part["annotations"], part["logprobs"]) = (new JsonArray(), new JsonArray());
        part[type == "refusal" ? "refusal" : "text"] = text;
        return part;
    }
}
