// The keys of a list's entries so far. Of JSON values with members in any order, equal ones are one key. Knows no grammar.
using System.Text;
using System.Text.Json;
using Majlis.Inference.Grammars.Json;

namespace Majlis.Inference.Grammars.Distinct;

sealed class EarlierKeys
{
    // A list that remembers more is too long for a grammar.
    const int MostBytes = 1 << 16;

    readonly HashSet<string> values;
    readonly bool isJson;
    readonly int bytes;

    EarlierKeys(byte[][] texts, HashSet<string> values, bool isJson, int bytes) =>
        (Texts, this.values, this.isJson, this.bytes) = (texts, values, isJson, bytes);

    /// <summary>As they were written.</summary>
    public byte[][] Texts { get; }

    public static EarlierKeys None(bool isJson) => new([], [], isJson, 0);

    public bool Contains(WrittenKey key) => values.Count > 0 && values.Contains(Value(key.Bytes()));

    /// <exception cref="GrammarException">They are too many, or too long.</exception>
    public EarlierKeys With(WrittenKey key)
    {
        if (bytes + key.Length > MostBytes)
            throw new GrammarException($"Entries of a list that must differ are longer than {MostBytes} bytes together.");
        var text = key.Bytes();
        return new([.. Texts, text], [.. values, Value(text)], isJson, bytes + text.Length);
    }

    string Value(byte[] text)
    {
        if (!isJson) return Encoding.UTF8.GetString(text);
        using var document = JsonDocument.Parse(text);
        return Ordered(document.RootElement);
    }

    /// <summary>Members by their names; of two with one name the later counts.</summary>
    static string Ordered(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Ordered))}]",
        JsonValueKind.Object => $"{{{string.Join(',', value.EnumerateObject().GroupBy(one => one.Name)
            .OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{JsonQuote.Of(one.Key)}:{Ordered(one.Last().Value)}"))}}}",
        _ => value.GetRawText(),
    };
}
