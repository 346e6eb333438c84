// Random patterns and schemas, each a function of its seed.
using System.Text.Json.Nodes;
using Majlis.Inference;

namespace Majlis.tests.Inference.Grammars;

sealed class RandomTexts(int seed)
{
    int drawn;

    public int Below(int most) => (int)(SeededRandom.Uniform((ulong)seed, drawn++) * most);

    public string Pattern(int depth) => Below(depth > 0 ? 9 : 3) switch
    {
        0 => "abcé{0"[Below(4)].ToString(),
        1 => "[a-c]",
        2 => new[] { "[^a]", ".", "\\d", "\\w", "[b-y]" }[Below(5)],
        3 or 4 => Pattern(depth - 1) + Pattern(depth - 1),
        5 => $"({Pattern(depth - 1)}|{Pattern(depth - 1)})",
        6 => $"({Pattern(depth - 1)}){"*+?"[Below(3)]}",
        7 => $"({Pattern(depth - 1)}){{{Below(3)},{2 + Below(4)}}}",
        _ => $"(?:{Pattern(depth - 1)}){{{1 + Below(3)}}}",
    };

    public string Schema(int depth) => Node(depth).ToJsonString();

    JsonObject Node(int depth) => Below(depth > 0 ? 9 : 5) switch
    {
        0 => new JsonObject { ["type"] = "integer", ["minimum"] = Below(50) - 25, ["maximum"] = 30 + Below(2000) },
        1 => new JsonObject { ["type"] = "string", ["minLength"] = Below(3), ["maxLength"] = 3 + Below(9) },
        2 => new JsonObject { ["enum"] = new JsonArray("red", Below(9), null, true, "blue") },
        3 => new JsonObject { ["type"] = new JsonArray("boolean", "null") },
        4 => Text(Below(2) == 0),
        5 => new JsonObject { ["type"] = "array", ["items"] = Node(depth - 1), ["minItems"] = Below(2), ["maxItems"] = 1 + Below(4) },
        6 => new JsonObject { ["anyOf"] = new JsonArray(Node(depth - 1), Node(depth - 1)) },
        7 => new JsonObject { ["allOf"] = new JsonArray(Node(depth - 1), NotRed()) },
        _ => new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["a"] = Node(depth - 1), ["ab"] = Node(depth - 1), ["c"] = Node(depth - 1) },
            ["required"] = Below(2) == 0 ? new JsonArray("ab") : new JsonArray("a", "c"),
            ["additionalProperties"] = Below(2) == 0,
        },
    };

    JsonObject Text(bool isShort)
    {
        var text = new JsonObject { ["type"] = "string", ["pattern"] = Pattern(2) };
        if (isShort) text["maxLength"] = 8 + Below(9);
        return text;
    }

    static JsonObject NotRed() => new() { ["not"] = new JsonObject { ["const"] = "red" } };
}
