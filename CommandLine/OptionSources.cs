// Typed options. A value comes from the command line, else from outside (environment, settings file), else it is the default.
// Knows no host's options.
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Majlis.CommandLine;

/// <param name="outside">The value in environment or settings file of a name such as <c>learning_rate</c>; null = none.</param>
public sealed class OptionSources(Func<string, string?> outside)
{
    delegate bool Parser<T>(string text, out T value);

    /// <summary>A value that must not stand on the command line, since others can read that.</summary>
    public string? Outside(string name) => outside(name) is { Length: > 0 } text ? text : null;

    /// <summary>A text that may be absent.</summary>
    public HostOption<string?> Text(string name, string what) => Make<string?>(name, what, "TEXT", null, "a text", Whatever);

    public HostOption<string> Text(string name, string what, string value) => Make(name, what, "TEXT", value, "a text", Whatever);

    public HostOption<int> Whole(string name, string what, int value) => Make(name, what, "N", value, "a whole number",
        (string text, out int read) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out read));

    public HostOption<double> Number(string name, string what, double value) => Make(name, what, "NUMBER", value, "a number",
        (string text, out double read) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out read));

    public HostOption<bool> Flag(string name, string what) => Make<bool>(name, what, "", false, "true or false", bool.TryParse);

    /// <summary>Texts, one for each time that the option is given; from outside, separated by semicolons.</summary>
    public HostOption<string[]> Texts(string name, string what, string form)
    {
        var key = Key(name);
        return new HostOption<string[]>(name, [])
        {
            Description = what,
            HelpName = form,
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => [.. result.Tokens.Select(token => token.Value)],
            DefaultValueFactory = _ => (outside(key) ?? "").Split(';',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        };
    }

    static string Key(string name) => name.TrimStart('-').Replace('-', '_');

    static bool Whatever(string text, out string read)
    {
        read = text;
        return true;
    }

    // The library reads numbers in the machine's culture, where 0.7 may be 7 or an error; these are read the same everywhere.
    HostOption<T> Make<T>(string name, string what, string form, T value, string expected, Parser<T> parser)
    {
        var key = Key(name);
        return new HostOption<T>(name, value)
        {
            Description = what,
            HelpName = form,
            CustomParser = result => result.Tokens is [var token] ? Read(token.Value, name, result)
                : typeof(T) == typeof(bool) ? (T)(object)true : Refuse(result, $"{name}: a value is expected after it."),
            DefaultValueFactory = result => outside(key) is { Length: > 0 } text
                ? Read(text, $"MAJLIS_{key.ToUpperInvariant()}", result) : value,
        };

        T Read(string text, string from, ArgumentResult result) =>
            text.StartsWith("--", StringComparison.Ordinal) ? Refuse(result, $"{from}: a value is expected after it.")
            : parser(text, out var read) ? read : Refuse(result, $"{from}: '{text}' is not {expected}.");

        T Refuse(ArgumentResult result, string why)
        {
            result.AddError(why);
            return value;
        }
    }
}
