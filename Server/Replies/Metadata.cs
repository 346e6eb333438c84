// Reads the metadata that a client attaches to a reply: OpenAI's 16 pairs of texts. Knows no reply.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Wire;

namespace Majlis.Server.Replies;

static class Metadata
{
    const string Field = "metadata";
    const int Most = 16;
    const int LongestName = 64;
    const int LongestText = 512;

    /// <summary>The pairs, or null where the request has no such field.</summary>
    public static JsonObject? Read(Fields fields)
    {
        if (fields.Of(Field, JsonValueKind.Object, "an object of texts") is not { } given) return null;
        if (given.GetPropertyCount() > Most) fields.Problem.Add(ApiError.TooMany(Field, given.GetPropertyCount(), Most));
        var pairs = new JsonObject();
        foreach (var pair in given.EnumerateObject().TakeWhile(_ => fields.Problem.First is null))
            if (pair.Value.ValueKind != JsonValueKind.String)
                fields.Problem.Add(ApiError.WrongType($"{Field}.{pair.Name}", "a string", Fields.Kind(pair.Value)));
            else if (Fields.Letters(pair.Name) > LongestName || Fields.Letters(pair.Value.GetString()!) > LongestText)
                fields.Problem.Add(ApiError.InvalidValue($"{Field}.{pair.Name}", $"Invalid '{Field}': names have up to {LongestName} "
                    + $"characters, texts up to {LongestText}."));
            else pairs[pair.Name] = pair.Value.GetString();
        return pairs;
    }
}
