// Reads the passages of a request: plain texts, flat objects of texts, or Cohere's {id, data}. Knows no retrieval.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class DocumentReader
{
    const int MostDocuments = 1024;
    const int MostFields = 64;

    /// <summary>Documents as flat objects of texts, or null where the request has no such field.</summary>
    public static JsonArray? Read(Fields fields)
    {
        if (fields.Of("documents", JsonValueKind.Array, "an array") is not { } given) return null;
        if (given.GetArrayLength() > MostDocuments)
        {
            fields.Problem.Add(ApiError.TooMany("documents", given.GetArrayLength(), MostDocuments));
            return null;
        }
        var documents = new JsonArray();
        foreach (var value in given.EnumerateArray())
            documents.Add(Document(value, $"documents[{documents.Count}]", fields.Problem));
        return documents;
    }

    static JsonObject Document(JsonElement value, string name, Problem problem)
    {
        if (value.ValueKind == JsonValueKind.String) return new JsonObject { ["text"] = value.GetString() };
        if (value.ValueKind != JsonValueKind.Object)
        {
            problem.Add(ApiError.WrongType(name, "a string or an object", Fields.Kind(value)));
            return [];
        }
        var document = new JsonObject();
        if (value.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object)
        {
            var outer = new Fields(value, name, problem);
            if (outer.Text("id") is { } id) document["id"] = id;
            _ = outer.Any("data");
            outer.Done();
            value = data;
            name += ".data";
        }
        if (value.GetPropertyCount() > MostFields) problem.Add(ApiError.TooMany(name, value.GetPropertyCount(), MostFields));
        foreach (var field in value.EnumerateObject().Take(MostFields))
            if (field.Value.ValueKind == JsonValueKind.String) document[field.Name] = field.Value.GetString();
            else problem.Add(ApiError.WrongType($"{name}.{field.Name}", "a string", Fields.Kind(field.Value)));
        if (!document.Any(field => field.Key != "id"))
            problem.Add(ApiError.InvalidValue(name, $"Invalid '{name}': a document needs at least one text, such as 'text' or 'snippet'."));
        return document;
    }
}
