// Compares one tokenizer with the entries of a golden file and collects the differences, so that one run shows all of them.
using System.Text.Json;
using Majlis.Text.Tokenizers;

namespace Majlis.tests.Text;

sealed class TokenizerCheck(TextTokenizer tokenizer)
{
    public List<string> Mismatches { get; } = [];

    public int Checked { get; private set; }

    public void Size(int expected) => Same("vocabulary size", [expected], [tokenizer.VocabularySize]);

    public void Case(string text, JsonElement expected)
    {
        var where = $"[{expected.GetProperty("i")}] {Shown(text.Length > 60 ? text[..60] : text)}";
        var ids = Ints(expected.GetProperty("ids"));
        var withSpecials = expected.TryGetProperty("ids_with_special", out var specials) ? Ints(specials) : ids;
        Same($"{where} ids", ids, tokenizer.Encode(text, addSpecialTokens: false));
        Same($"{where} ids with specials", withSpecials, tokenizer.Encode(text, addSpecialTokens: true));
        var tokens = tokenizer.EncodeWithOffsets(text, addSpecialTokens: false);
        Same($"{where} tracked ids", ids, tokens.Ids);
        if (expected.TryGetProperty("offsets", out var offsets))
            Same($"{where} offsets", Ints(offsets), tokens.Offsets.SelectMany(offset => new[] { offset.Start, offset.End }));
        var types = expected.TryGetProperty("type_ids_with_special", out var given) ? Ints(given) : new int[withSpecials.Length];
        Same($"{where} type ids", types, tokenizer.EncodeWithOffsets(text, addSpecialTokens: true).TypeIds);
        if (expected.TryGetProperty("ids_specials_as_text", out var asText))
            Same($"{where} specials as text", Ints(asText), tokenizer.Encode(text, false, specialsAsText: true));
        Decoding(expected, withSpecials, where);
        Streaming(expected, ids, where);
    }

    public void Ids(JsonElement expected, string where)
    {
        var ids = Ints(expected.GetProperty("ids"));
        Decoding(expected, ids, $"{where} {string.Join(',', ids.Take(6))}");
        Streaming(expected, ids, $"{where} {string.Join(',', ids.Take(6))}");
    }

    void Decoding(JsonElement expected, int[] ids, string where)
    {
        if (expected.TryGetProperty("decoded_keep", out var keep))
            Same($"{where} decoded", keep.GetString(), tokenizer.Decode(ids, false));
        if (expected.TryGetProperty("decoded_skip", out var skip))
            Same($"{where} decoded, skipping", skip.GetString(), tokenizer.Decode(ids, true));
    }

    /// <summary>The joined pieces equal the whole; none ends inside a character; none comes later than the earliest safe ones.</summary>
    void Streaming(JsonElement expected, int[] ids, string where)
    {
        var stream = tokenizer.Stream(skipSpecialTokens: false);
        var pieces = ids.Select(stream.Push).ToList();
        var tail = stream.Flush();
        var whole = tokenizer.Decode(ids, false);
        // A run of byte-fallback tokens is held to its end, since one bad byte turns all of it into U+FFFD; otherwise nothing comes late.
        if (tokenizer.TokenId("<0x0A>") is null && Earliest(expected) is { } earliest) NeverLater(earliest, pieces, where);
        Same($"{where} streamed", whole, string.Concat(pieces) + tail);
        if (pieces.Any(piece => piece.Length > 0 && char.IsHighSurrogate(piece[^1])))
            Mismatches.Add($"{where}: a piece ends inside a character");
        if (string.Concat(pieces).Count(unit => unit == '\ufffd') > whole.Count(unit => unit == '\ufffd'))
            Mismatches.Add($"{where}: a stray U+FFFD");
    }

    void NeverLater(string[] earliest, List<string> pieces, string where)
    {
        var (due, sent) = (0, 0);
        for (var i = 0; i < earliest.Length; i++)
        {
            due += earliest[i].Length;
            sent += pieces[i].Length;
            if (sent < due) Mismatches.Add($"{where}: late at token {i}: {Shown(earliest[i])} was due");
        }
    }

    /// <summary>The earliest safe pieces; null if not given, or if no streamer can be right without looking ahead.</summary>
    static string[]? Earliest(JsonElement expected)
    {
        if (!expected.TryGetProperty("early", out var pieces) && !expected.TryGetProperty("stream", out pieces)) return null;
        if (pieces.ValueKind == JsonValueKind.Null || expected.TryGetProperty("stream_error", out _)) return null;
        return [.. pieces.EnumerateArray().Select(piece => piece.GetString() ?? "")];
    }

    static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetInt32())];

    void Same(string what, IEnumerable<int> expected, IEnumerable<int> actual) =>
        Same(what, string.Join(' ', expected), string.Join(' ', actual));

    void Same(string what, string? expected, string? actual)
    {
        Checked++;
        if (expected != actual) Mismatches.Add($"{what}\n  expected {Shown(expected)}\n  found    {Shown(actual)}");
    }

    static string Shown(string? text) => JsonSerializer.Serialize(text is { Length: > 300 } ? text[..300] : text);
}
