// The values of typed options on one command line. Knows no option.
using System.CommandLine;

namespace Majlis.CommandLine;

public sealed class OptionValues(ParseResult parsed)
{
    /// <summary>The option's value; its default where the given value cannot be read.</summary>
    public T Of<T>(HostOption<T> option) => IsUnread(option.Name) ? option.Initial : parsed.GetValue(option)!;

    /// <summary>Whether the value given for this option cannot be read.</summary>
    public bool IsUnread(string name) => parsed.Errors.Any(error => error.SymbolResult is System.CommandLine.Parsing.OptionResult result
        && result.Option.Name == name);
}

/// <summary>A typed option with its default.</summary>
public sealed class HostOption<T>(string name, T initial) : Option<T>(name)
{
    public T Initial => initial;
}
