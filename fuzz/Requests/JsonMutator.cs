// Damages a valid request: values of other types and sizes, fields left out, doubled, nested or renamed, and bytes that are no JSON at all.
// Does not know what reads it.
using System.Text;
using System.Text.Json.Nodes;

namespace Majlis.fuzz.Requests;

/// <summary>Mutations of a body. Deterministic for a generator's seed.</summary>
sealed class JsonMutator(Random random)
{
    // Half a surrogate pair cannot be in a text of .NET's JSON; this character stands for it until the text is written.
    const char Half = '\ue000';

    static readonly string[] values =
    [
        "null", "true", "false", "0", "1", "-1", "0.5", "1e3", "1e308", "-1e-320", "2147483648", "-9223372036854775808",
        "18446744073709551616", "\"\"", "\" \"", "\"current\"", "\"auto\"", "\"\\u0000\"", "\"\\ue000\"", "\"\\ud83d\\ude00\"", "[]", "{}",
        "[[]]", "[null]", "[{}]", "[\"\"]", "[0]", "[-1]", "{\"type\":null}", "{\"type\":\"text\"}", "{\"\":\"\"}", "\"<|im_end|>\"",
        "\"\\u0645\\u062c\\u0644\\u0633\"", "\"../../etc/passwd\"", "\"file-0\"", "\"{{ 1/0 }}\"", "\"(((((\"",
        "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}}}",
    ];

    /// <summary>One to three mutations, now and then of bytes; nothing at all one time in sixteen.</summary>
    public byte[] Mutate(string seed)
    {
        if (random.Next(16) == 0) return Encoding.UTF8.GetBytes(seed);
        if (random.Next(6) == 0) return Bytes(Encoding.UTF8.GetBytes(seed));
        var body = JsonNode.Parse(seed);
        for (var i = random.Next(1, 4); i > 0; i--) body = Once(body);
        return Encoding.UTF8.GetBytes((body?.ToJsonString() ?? "null").Replace(@"\uE000", @"\ud800", StringComparison.Ordinal));
    }

    /// <summary>A name or an id that may be anything.</summary>
    public string Text(string seed) => random.Next(6) switch
    {
        0 => "",
        1 => seed + seed,
        2 => seed[..random.Next(seed.Length + 1)],
        3 => new string('a', random.Next(1, 3000)),
        4 => "%00%2e%2e%2f",
        _ => "\u0645\ud83d\ude00 \"'<>&",
    };

    JsonNode? Once(JsonNode? body)
    {
        var places = Places(body).ToList();
        if (places.Count == 0) return Value();
        var (parent, key) = places[random.Next(places.Count)];
        if (parent is JsonObject fields) Fields(fields, (string)key);
        else Items((JsonArray)parent, (int)key);
        return body;
    }

    void Fields(JsonObject fields, string name)
    {
        var old = fields[name];
        switch (random.Next(8))
        {
            case 0: fields.Remove(name); break;
            case 1: fields[name] = Changed(old); break;
            case 2: fields[name] = new JsonArray(old?.DeepClone()); break;
            case 3: fields[name] = new JsonObject { [name] = old?.DeepClone() }; break;
            case 4: fields[name + (random.Next(2) == 0 ? "_" : "s")] = old?.DeepClone(); break;
            case 5: fields["type"] = Value(); break;
            default: fields[name] = Value(); break;
        }
    }

    void Items(JsonArray items, int index)
    {
        var old = items[index];
        switch (random.Next(6))
        {
            case 0: items.RemoveAt(index); break;
            case 1: items[index] = Changed(old); break;
            case 2: items.Insert(index, old?.DeepClone()); break;
            case 3: Repeat(items, old); break;
            default: items[index] = Value(); break;
        }
    }

    void Repeat(JsonArray items, JsonNode? item)
    {
        for (var more = random.Next(1, 40); more > 0; more--) items.Add(item?.DeepClone());
    }

    // Something near the value: longer, shorter, negative.
    JsonNode? Changed(JsonNode? old)
    {
        if (old is not JsonValue value) return Value();
        if (value.TryGetValue<string>(out var text))
            return random.Next(3) switch
            {
                0 => text + text,
                1 => Cut(text),
                _ => string.Concat(Enumerable.Repeat(text, random.Next(1, 60))),
            };
        return value.TryGetValue<double>(out var number) ? random.Next(3) switch
        {
            0 => -number,
            1 => number + 1,
            _ => Math.Clamp(number * 1000, double.MinValue, double.MaxValue),
        } : Value();
    }

    string Cut(string text)
    {
        var cut = text[..random.Next(text.Length + 1)];
        return cut is [.., var last] && char.IsHighSurrogate(last) ? cut[..^1] + Half : cut;
    }

    JsonNode? Value() => JsonNode.Parse(values[random.Next(values.Length)]);

    static IEnumerable<(JsonNode Parent, object Key)> Places(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => Places(field.Value).Prepend((fields, field.Key))),
        JsonArray items => items.SelectMany((item, index) => Places(item).Prepend((items, index))),
        _ => [],
    };

    byte[] Bytes(byte[] bytes)
    {
        var at = random.Next(bytes.Length + 1);
        return random.Next(4) switch
        {
            0 => bytes[..at],
            1 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
            2 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 8))..]],
            _ => [.. Enumerable.Repeat((byte)(random.Next(2) == 0 ? '[' : '{'), random.Next(1, 300)), .. bytes],
        };
    }
}
