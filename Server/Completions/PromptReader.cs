// The prompts of a completion request in OpenAI's four forms: a text, texts, token ids, arrays of token ids. Knows no tokenizer.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Server.Tokens;
using Majlis.Server.Wire;

namespace Majlis.Server.Completions;

static class PromptReader
{
    const string Field = "prompt";

    /// <summary>At least one prompt, or none with the reason in the fields' problem.</summary>
    /// <param name="most">More are refused before they are read.</param>
    public static ImmutableArray<GivenPrompt> Read(Fields fields, int most)
    {
        if (fields.Any(Field) is not { } given) fields.Problem.Add(ApiError.MissingField(Field));
        else if (given.ValueKind == JsonValueKind.String) return [new(given.GetString(), [])];
        else if (given.ValueKind != JsonValueKind.Array) AddWrongType(given, fields.Problem);
        else if (given.GetArrayLength() == 0)
            fields.Problem.Add(ApiError.InvalidValue(Field, $"Invalid '{Field}': at least one prompt is needed."));
        else if (given[0].ValueKind == JsonValueKind.Number) return [new(null, TokenIdReader.Read(given, Field, fields.Problem))];
        else if (given[0].ValueKind is not (JsonValueKind.String or JsonValueKind.Array)) AddWrongType(given[0], fields.Problem);
        else if (given.GetArrayLength() > most) fields.Problem.Add(ApiError.TooMany(Field, given.GetArrayLength(), most));
        else return [.. given.EnumerateArray().Index().Select(item => Read(item.Item, item.Index, given[0].ValueKind, fields.Problem))];
        return [];
    }

    static GivenPrompt Read(JsonElement item, int index, JsonValueKind kind, Problem problem)
    {
        var name = $"{Field}[{index}]";
        if (problem.First is null && item.ValueKind != kind)
            problem.Add(ApiError.WrongType(name, kind == JsonValueKind.String ? "a string" : "an array of token ids", Fields.Kind(item)));
        if (problem.First is not null) return new("", []);
        return kind == JsonValueKind.String ? new(item.GetString(), []) : new(null, TokenIdReader.Read(item, name, problem));
    }

    static void AddWrongType(JsonElement found, Problem problem) => problem.Add(ApiError.WrongType(Field,
        "a string, an array of strings, an array of token ids or an array of such arrays", Fields.Kind(found)));
}
