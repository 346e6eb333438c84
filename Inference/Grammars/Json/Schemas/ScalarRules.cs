// Booleans, numbers and strings with all their conditions, and the single values of enum and const. Knows neither arrays nor objects.
using System.Numerics;
using System.Text;
using System.Text.Json;
using Majlis.Inference.Grammars.Characters;
using Majlis.Inference.Grammars.Patterns;

namespace Majlis.Inference.Grammars.Json.Schemas;

/// <param name="json">Makes the expressions.</param>
/// <param name="spelling">How the characters of strings are spelled.</param>
sealed class ScalarRules(JsonTexts json, Spelling spelling)
{
    readonly NodeTable table = json.Table;
    readonly NumberRanges ranges = new(json);
    readonly PatternCompiler patterns = new(spelling);
    readonly Derivatives derivatives = new(json.Table);
    readonly Dictionary<string, Node> compiled = [];

    /// <summary>The values that every enum and const lists; null without any.</summary>
    public static IEnumerable<JsonElement>? Literals(Conjunction all)
    {
        IEnumerable<JsonElement>? common = null;
        foreach (var values in all.All("enum").Select(one => one.Value.EnumerateArray().ToList())
            .Concat(all.All("const").Select(one => new List<JsonElement> { one.Value })))
            common = common is null ? values : [.. common.Where(one => values.Exists(other => JsonElement.DeepEquals(one, other)))];
        return common is null ? null : [.. common.Where(one => !Excluded(all).Any(other => JsonElement.DeepEquals(one, other)))];
    }

    /// <summary>Whether a listed value satisfies the other keywords, if it is a scalar.</summary>
    public bool Fits(Conjunction all, JsonElement value, HashSet<string> types) => value.ValueKind switch
    {
        JsonValueKind.String => Accepts(String(all), value.GetString()!),
        JsonValueKind.Number => derivatives.Accepts(Number(all, isInteger: !types.Contains("number")),
            Encoding.ASCII.GetBytes(ExactNumber.Shortest(value.GetRawText()))),
        _ => true,
    };

    public Node Boolean(Conjunction all) => table.Alternation(
        Excludes(all, "true") ? table.Nothing : json.True, Excludes(all, "false") ? table.Nothing : json.False);

    /// <summary>Whether a not names this word.</summary>
    public static bool Excludes(Conjunction all, string word) => Excluded(all).Any(value => value.GetRawText() == word);

    public Node Number(Conjunction all, bool isInteger)
    {
        var (least, most) = (Bounds(all, isLower: true), Bounds(all, isLower: false));
        var conditions = all.All("multipleOf").Select(one => Multiple(one.Part, one.Value)).ToList();
        foreach (var (part, not) in all.All("not"))
        {
            if (not.TryGetProperty("multipleOf", out var unit)) conditions.Add(table.Not(Multiple(part, unit)));
            conditions.AddRange(Excluded(not).Where(value => value.ValueKind == JsonValueKind.Number)
                .Select(value => table.Not(Spellings(part, value))));
        }
        if (json.Form != JsonForm.Free) conditions.Add(json.Number);
        var number = isInteger ? Integers(least, most)
            : least is null && most is null && conditions.Count == 0 ? json.Number : ranges.Numbers(least, most);
        return table.Both([number, .. conditions]);
    }

    /// <summary>A number in all its spellings without an exponent.</summary>
    Node Spellings(SchemaPart part, JsonElement value)
    {
        var text = ExactNumber.Shortest(value.GetRawText());
        if (text.Contains('e', StringComparison.OrdinalIgnoreCase)) throw part.Wrong("not", "the number has too many digits.");
        var zeros = table.Repeat(table.Byte((byte)'0'), 0, null);
        var fraction = text.Contains('.', StringComparison.Ordinal) ? zeros
            : table.Optional(table.Sequence(table.Literal(".0"u8), zeros));
        return table.Sequence(text == "0" ? json.Sign : table.Empty, table.Literal(Encoding.ASCII.GetBytes(text)), fraction);
    }

    /// <summary>The content of a string, between its quotes; with enum or const among the conditions, those values.</summary>
    public Node String(Conjunction all)
    {
        var (least, most) = (all.Least("minLength"), all.Most("maxLength"));
        if (most < least) return table.Nothing;
        var conditions = new List<Node>();
        foreach (var (part, value) in all.All("pattern"))
            conditions.Add(Pattern($"{part.Path}/pattern", value.GetString()!));
        foreach (var (part, value) in all.All("format"))
            if (Formats.Pattern(part, value.GetString()!) is { } format) conditions.Add(Whole(part, format));
        foreach (var (part, value) in all.All("not"))
        {
            if (value.TryGetProperty("pattern", out var pattern))
                conditions.Add(table.Not(Pattern($"{part.Path}/not/pattern", pattern.GetString()!)));
            // Every text has a format that is a comment.
            if (value.TryGetProperty("format", out var format))
                conditions.Add(Formats.Pattern(part, format.GetString()!) is { } known ? table.Not(Whole(part, known)) : table.Nothing);
        }
        var excluded = Excluded(all).Where(value => value.ValueKind == JsonValueKind.String).ToList();
        if (excluded.Count > 0) conditions.Add(table.Not(AnyOf(excluded)));
        var any = spelling == json.Spelling ? json.AnyCharacter : spelling.Any;
        if (conditions.Count == 0 && least == 0 && most is null) return table.Repeat(any, 0, null);
        return table.Both([table.Repeat(spelling.Any, least, most), .. conditions]);
    }

    /// <summary>A string without its quotes.</summary>
    public Node Content(string text) => table.Literal(spelling.Bytes(text));

    public Node AnyOf(IEnumerable<JsonElement> texts) => table.Alternation(texts.Select(text => Content(text.GetString()!)));

    public Node NoText => table.Nothing;

    public Node Either(IEnumerable<Node> contents) => table.Alternation(contents);

    public Node All(params IEnumerable<Node> contents) => table.Both(contents);

    /// <summary>The contents of strings that hold a match.</summary>
    /// <param name="place">Where the pattern stands.</param>
    public Node Pattern(string place, string pattern)
    {
        if (compiled.TryGetValue(pattern, out var known)) return known;
        try
        {
            return compiled[pattern] = patterns.Search(pattern);
        }
        catch (GrammarException wrong)
        {
            throw new GrammarException($"At {place}: {wrong.Message}");
        }
    }

    public bool Matches(string place, string pattern, string text) => Accepts(Pattern(place, pattern), text);

    public bool IsLive(Node content) => derivatives.IsLive(content);

    public bool Accepts(Node content, string text) => derivatives.Accepts(content, spelling.Bytes(text));

    Node Whole(SchemaPart part, string format) => Pattern($"{part.Path}/format", $"^({format})$");

    Node Integers(NumberRanges.Bound? least, NumberRanges.Bound? most)
    {
        if (least is null && most is null) return json.Integer;
        BigInteger? low = least is { } from ? from.Value.Ceiling + (from.IsOpen && from.Value.IsInteger ? 1 : 0) : null;
        BigInteger? high = most is { } to ? to.Value.Floor - (to.IsOpen && to.Value.IsInteger ? 1 : 0) : null;
        return ranges.Integers(low, high);
    }

    static NumberRanges.Bound? Bounds(Conjunction all, bool isLower)
    {
        var (closed, open) = isLower ? ("minimum", "exclusiveMinimum") : ("maximum", "exclusiveMaximum");
        var bounds = new List<NumberRanges.Bound>();
        foreach (var (part, value) in all.All(closed))
            // In draft 4 the exclusive keyword is a flag.
            bounds.Add(new(Exact(part, closed, value), part[open] is { ValueKind: JsonValueKind.True }));
        foreach (var (part, value) in all.All(open))
            if (value.ValueKind == JsonValueKind.Number) bounds.Add(new(Exact(part, open, value), IsOpen: true));
            else if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) throw part.Wrong(open, "a number is expected.");
        if (bounds.Count == 0) return null;
        var ordered = bounds.OrderBy(bound => bound.Value).ThenBy(bound => bound.IsOpen == isLower);
        return isLower ? ordered.Last() : ordered.First();
    }

    static ExactNumber Exact(SchemaPart part, string keyword, JsonElement value) =>
        ExactNumber.Parse(value.GetRawText()) ?? throw part.Wrong(keyword, "the number has too many digits.");

    /// <summary>A number without exponent whose value is a multiple of another.</summary>
    Node Multiple(SchemaPart part, JsonElement value)
    {
        var unit = Exact(part, "multipleOf", value);
        if (unit.Digits <= 0) throw part.Wrong("multipleOf", "a number above 0 is expected.");
        if (unit.Digits > 1_000_000 || unit.Scale > 20) throw part.Wrong("multipleOf", "the number has too many digits.");
        return table.Sequence(json.Sign, table.Multiple((int)unit.Digits, unit.Scale));
    }

    static IEnumerable<JsonElement> Excluded(Conjunction all) => all.All("not").SelectMany(one => Excluded(one.Value));

    /// <summary>The values that a plain not names.</summary>
    public static IEnumerable<JsonElement> Excluded(JsonElement not) => not.TryGetProperty("const", out var one) ? [one]
        : not.TryGetProperty("enum", out var some) ? some.EnumerateArray() : [];
}
