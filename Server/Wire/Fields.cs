// One JSON object of a request, read field by field. Each field is read by name once; fields that nobody reads are an error. The shared
// Problem keeps the first problem; after it, reads return defaults. Knows no field's meaning.
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Majlis.Server.Wire;

/// <summary>The first problem found in a request; later ones are dropped.</summary>
public sealed class Problem
{
    public ApiError? First { get; private set; }

    public void Add(ApiError error) => First ??= error;

    public void AddIf(bool holds, ApiError error)
    {
        if (holds) Add(error);
    }
}

/// <summary>A strict reader of one object. A field set to null counts as absent, as in OpenAI's API.</summary>
public sealed class Fields
{
    readonly Dictionary<string, JsonElement> unread = [];
    readonly string path;

    public Fields(JsonElement value, string path, Problem problem)
    {
        Problem = problem;
        this.path = path;
        if (value.ValueKind == JsonValueKind.Object)
            foreach (var field in value.EnumerateObject()) unread[field.Name] = field.Value;
        else
            problem.Add(ApiError.WrongType(path.Length > 0 ? path : "body", "an object", Kind(value)));
    }

    public Problem Problem { get; }

    /// <summary>The full path of a field, as in error messages.</summary>
    public string Name(string field) => path.Length > 0 ? $"{path}.{field}" : field;

    public JsonElement? Any(string field) =>
        unread.Remove(field, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The field if it was not read yet; it stays unread.</summary>
    public JsonElement? Peek(string field) =>
        unread.TryGetValue(field, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public bool Has(string field) => Peek(field) is not null;

    /// <summary>Whether it was not read yet, null included: some requests clear a value by it.</summary>
    public bool IsThere(string field) => unread.ContainsKey(field);

    /// <summary>The field, of any type, with at most so many bytes of JSON.</summary>
    public JsonElement? Small(string field, int mostBytes)
    {
        if (Any(field) is not { } value) return null;
        var bytes = JsonMarshal.GetRawUtf8Value(value).Length;
        if (bytes > mostBytes) Problem.Add(ApiError.TooManyBytes(Name(field), bytes, mostBytes));
        return value;
    }

    public JsonElement? Of(string field, JsonValueKind kind, string expected)
    {
        if (Any(field) is not { } value) return null;
        if (value.ValueKind == kind) return value;
        Problem.Add(ApiError.WrongType(Name(field), expected, Kind(value)));
        return null;
    }

    public string? Text(string field) => Of(field, JsonValueKind.String, "a string")?.GetString();

    /// <summary>A text of up to <paramref name="most"/> letters (code points).</summary>
    public string? Text(string field, int most)
    {
        var text = Text(field);
        if (text is not null && Letters(text) > most)
            Problem.Add(ApiError.InvalidValue(Name(field), $"Invalid '{Name(field)}': up to {most} letters."));
        return text;
    }

    /// <summary>Code points.</summary>
    public static int Letters(string text) => text.EnumerateRunes().Count();

    public string RequiredText(string field)
    {
        if (!Has(field)) Problem.Add(ApiError.MissingField(Name(field)));
        return Text(field) ?? "";
    }

    /// <summary>A text out of a fixed list; the first of the list where an optional field is absent.</summary>
    public string Word(string field, IReadOnlyList<string> words, bool required = false, bool ignoresCase = false)
    {
        var word = required ? RequiredText(field) : Text(field) ?? words[0];
        if (Problem.First is null && !words.Contains(word, ignoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal))
            Problem.Add(ApiError.InvalidValue(Name(field),
                $"Invalid '{Name(field)}': '{word}'. Supported values are: {string.Join(", ", words.Select(known => $"'{known}'"))}."));
        return word;
    }

    public bool? Flag(string field)
    {
        if (Any(field) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Problem.Add(ApiError.WrongType(Name(field), "a boolean", Kind(value)));
        return null;
    }

    public long? Integer(string field, long least, long most)
    {
        if (Of(field, JsonValueKind.Number, "an integer") is not { } value) return null;
        if (!value.TryGetInt64(out var number) && !IsWhole(value))
            Problem.Add(ApiError.WrongType(Name(field), "an integer", "a decimal number"));
        else if (!value.TryGetInt64(out _) || number < least || number > most)
            Problem.Add(ApiError.InvalidValue(Name(field), $"Invalid '{Name(field)}': {Short(value)} is not between {least} and {most}."));
        else return number;
        return null;
    }

    // An integer that is too large for the type is one all the same.
    static bool IsWhole(JsonElement number) =>
        JsonMarshal.GetRawUtf8Value(number)[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    static string Short(JsonElement number) => number.GetRawText() is { Length: > 40 } digits ? digits[..40] + "..." : number.GetRawText();

    public int? Int(string field, int least, int most) => (int?)Integer(field, least, most);

    public float? Number(string field, double least, double most)
    {
        if (Of(field, JsonValueKind.Number, "a number") is not { } value) return null;
        var number = value.GetDouble();
        if (number >= least && number <= most) return (float)number;
        Problem.Add(ApiError.InvalidValue(Name(field), FormattableString.Invariant(
            $"Invalid '{Name(field)}': {number} is not between {least} and {most}.")));
        return null;
    }

    /// <summary>The elements of an array field, each with its path; none where the field is absent.</summary>
    public IEnumerable<(JsonElement Value, string Name)> Items(string field)
    {
        if (Of(field, JsonValueKind.Array, "an array") is not { } array) yield break;
        var index = 0;
        foreach (var item in array.EnumerateArray()) yield return (item, $"{Name(field)}[{index++}]");
    }

    /// <summary>The fields that were not read so far, without nulls.</summary>
    public IEnumerable<string> Unread => unread.Where(left => left.Value.ValueKind != JsonValueKind.Null).Select(left => left.Key);

    /// <summary>Refuses every field that was not read; nulls are ignored.</summary>
    public void Done()
    {
        foreach (var field in Unread) Problem.Add(ApiError.UnknownField(Name(field)));
    }

    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}
