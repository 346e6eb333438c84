// What is wrong with a JSON text, said without .NET's names: the field, the place, and what was expected. Knows no file.
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Majlis.Text;

public static partial class JsonDamage
{
    /// <summary>A part of a sentence, as in <c>line 3, byte 14: 'ratings.games' must be a whole number that is not too large</c>.</summary>
    public static string Of(JsonException damage)
    {
        var message = Place().Replace(damage.Message, "");
        var (field, what) = (Field(damage.Path), message.TrimEnd('.'));
        if (Converted().Match(message) is { Success: true } wrong) what = $"{field} {Wanted(damage, wrong.Groups["type"].Value)}";
        else if (Missing().Match(message) is { Success: true } absent) what = $"{field} lacks {absent.Groups["fields"].Value}";
        else if (Unknown().Match(message) is { Success: true } stray)
            what = $"{field} holds the field '{stray.Groups["field"].Value}', which is not known";
        else if (message.Contains("does not contain any JSON tokens", StringComparison.Ordinal)) what = "the text is empty or cut short";
        return damage.LineNumber is { } line ? $"line {line + 1}, byte {damage.BytePositionInLine + 1}: {what}" : what;
    }

    static string Field(string? path) => path is null or "$" ? "the whole" : $"'{path.TrimStart('$', '.')}'";

    // Where the value belongs to a constructor the message names the whole object's type, and only the inner error knows the value's.
    static string Wanted(JsonException damage, string type) =>
        Read().Match(damage.InnerException?.Message ?? "") is { Success: true } inner ? $"must be {Word(inner.Groups["type"].Value)}"
        : Lists().IsMatch(type) ? "must be a list"
        : damage.Path is null or "$" ? "must be an object" : "is not of the kind that is expected there";

    static string Word(string type) => type switch
    {
        "string" => "a string",
        "boolean" => "true or false",
        "number" or "Single" or "Double" or "Decimal" => "a number",
        "DateTimeOffset" or "DateTime" => "a date and time, as in 2026-01-31T12:00:00Z",
        _ when type.Contains("Int", StringComparison.Ordinal) => "a whole number that is not too large",
        _ => $"of the form of a {type}",
    };

    [GeneratedRegex(@" ?(Path: .*?)?( \| )?LineNumber: .*$", RegexOptions.Singleline)]
    private static partial Regex Place();

    [GeneratedRegex(@"could not be converted to (?<type>.+?)\.?\s*$")]
    private static partial Regex Converted();

    [GeneratedRegex("missing required properties including: (?<fields>.+?)\\.?$")]
    private static partial Regex Missing();

    [GeneratedRegex("JSON property '(?<field>.*)' could not be mapped to any")]
    private static partial Regex Unknown();

    [GeneratedRegex(@"as a (?<type>\w+)\.|out of bounds for an? (?<type>\w+)|in a supported (?<type>\w+) format")]
    private static partial Regex Read();

    [GeneratedRegex(@"\[\]$|^System\.Collections\.(Generic\.(I?List|IReadOnlyList|HashSet)|Immutable\.Immutable(Array|List))`1")]
    private static partial Regex Lists();
}
