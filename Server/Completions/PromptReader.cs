// Texts of a request in OpenAI's four forms: a text, texts, token ids, arrays of token ids. Knows no tokenizer.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Server.Tokens;
using Majlis.Server.Wire;

namespace Majlis.Server.Completions;

static class PromptReader
{
    /// <summary>At least one prompt, or none with the reason in the fields' problem.</summary>
    /// <param name="most">More are refused before they are read.</param>
    /// <param name="field">The field that holds them.</param>
    public static ImmutableArray<GivenPrompt> Read(Fields fields, int most, string field = "prompt")
    {
        if (fields.Any(field) is not { } given) fields.Problem.Add(ApiError.MissingField(field));
        else if (given.ValueKind == JsonValueKind.String) return [new(given.GetString(), [])];
        else if (given.ValueKind != JsonValueKind.Array) AddWrongType(given, field, fields.Problem);
        else if (given.GetArrayLength() == 0)
            fields.Problem.Add(ApiError.InvalidValue(field, $"Invalid '{field}': at least one is needed."));
        else if (given[0].ValueKind == JsonValueKind.Number) return [new(null, TokenIdReader.Read(given, field, fields.Problem))];
        else if (given[0].ValueKind is not (JsonValueKind.String or JsonValueKind.Array)) AddWrongType(given[0], field, fields.Problem);
        else if (given.GetArrayLength() > most) fields.Problem.Add(ApiError.TooMany(field, given.GetArrayLength(), most));
        else return [.. given.EnumerateArray().Index()
            .Select(item => Read(item.Item, $"{field}[{item.Index}]", given[0].ValueKind, fields.Problem))];
        return [];
    }

    static GivenPrompt Read(JsonElement item, string name, JsonValueKind kind, Problem problem)
    {
        if (problem.First is null && item.ValueKind != kind)
            problem.Add(ApiError.WrongType(name, kind == JsonValueKind.String ? "a string" : "an array of token ids", Fields.Kind(item)));
        if (problem.First is not null) return new("", []);
        return kind == JsonValueKind.String ? new(item.GetString(), []) : new(null, TokenIdReader.Read(item, name, problem));
    }

    static void AddWrongType(JsonElement found, string field, Problem problem) => problem.Add(ApiError.WrongType(field,
        "a string, an array of strings, an array of token ids or an array of such arrays", Fields.Kind(found)));
}
