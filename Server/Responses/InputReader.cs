// Reads the field input: a text, or items. Every output of a call needs its call, as templates do. Knows no earlier response.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Wire;

namespace Majlis.Server.Responses;

static class InputReader
{
    const string Field = "input";
    const int Most = 2048;

    public static JsonArray Read(Fields fields)
    {
        if (!fields.Has(Field)) fields.Problem.Add(ApiError.MissingField(Field));
        if (fields.Peek(Field) is { ValueKind: JsonValueKind.String })
            return [ItemReader.Read(Message(fields.Text(Field)!), $"{Field}[0]", fields.Problem)];
        if (fields.Peek(Field) is { ValueKind: not JsonValueKind.Array } other)
            fields.Problem.Add(ApiError.WrongType(Field, "a string or an array of items", Fields.Kind(other)));
        if (fields.Peek(Field) is { ValueKind: JsonValueKind.Array } given && given.GetArrayLength() > Most)
            fields.Problem.Add(ApiError.TooMany(Field, given.GetArrayLength(), Most));
        var items = new JsonArray();
        foreach (var (value, name) in fields.Items(Field).TakeWhile(_ => fields.Problem.First is null))
            items.Add(ItemReader.Read(value, name, fields.Problem));
        return items;
    }

    /// <summary>Refuses outputs without a call and calls without an output; <paramref name="items"/> are the whole context.</summary>
    public static void CheckCalls(JsonArray items, Problem problem)
    {
        var open = new HashSet<string>();
        var known = new HashSet<string>();
        foreach (var item in items)
        {
            if ((string?)item!["type"] == "function_call" && known.Add((string)item["call_id"]!)) open.Add((string)item["call_id"]!);
            if ((string?)item["type"] != "function_call_output") continue;
            var call = (string)item["call_id"]!;
            open.Remove(call);
            problem.AddIf(!known.Contains(call), ApiError.InvalidValue(Field,
                $"No tool call found for function call output with call_id {call}."));
        }
        problem.AddIf(open.Count > 0, ApiError.InvalidValue(Field,
            $"No tool output found for function call {string.Join(", ", open)}."));
        problem.AddIf(items.Count == 0, ApiError.InvalidValue(Field, "Invalid 'input': at least one item is needed."));
    }

    static JsonElement Message(string text) =>
        JsonSerializer.SerializeToElement(new JsonObject { ["role"] = "user", ["content"] = text }, WireJson.Wire.JsonObject);
}
