// The modules that a field of an adapter's config names, as peft matches them: last names, or a regular expression. Knows no network.
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Majlis.Text;

namespace Majlis.Model.Adapters;

/// <summary>A set of module names ("model.layers.0.self_attn.q_proj").</summary>
public sealed class ModuleNames
{
    /// <summary>A pattern from a file may be built to run for ever.</summary>
    static readonly TimeSpan longestMatch = TimeSpan.FromSeconds(1);

    readonly Regex? pattern;
    readonly string place;

    ModuleNames(ImmutableArray<string> names, Regex? pattern, string place) => (Names, this.pattern, this.place) = (names, pattern, place);

    /// <summary>The names listed; empty for a pattern.</summary>
    public ImmutableArray<string> Names { get; }

    public bool IsPattern => pattern is not null;

    /// <summary>Whether it is peft's all-linear: embeddings are not among its modules.</summary>
    public bool IsAllLinear { get; private init; }

    /// <summary>Whole names, or their ends after a dot.</summary>
    public static ModuleNames Of(ImmutableArray<string> names) => new(names, null, "");

    /// <summary>A regular expression for the whole name; the text all-linear for every module but the head.</summary>
    /// <exception cref="ModelFormatException">Not a regular expression.</exception>
    public static ModuleNames OfPattern(string text, string place) =>
        text.Equals("all-linear", StringComparison.OrdinalIgnoreCase)
            ? new([], Expression(@"(?!(.*\.)?(lm_head|score)\z).*", place), place) { IsAllLinear = true } : Compile($"(?:{text})", place);

    /// <summary>A regular expression for a name's end after a dot, or for all of it.</summary>
    /// <exception cref="ModelFormatException">Not a regular expression.</exception>
    public static ModuleNames OfSuffix(string text, string place) => Compile($@"(?:.*\.)?(?:{text})", place);

    /// <exception cref="ModelFormatException">The pattern takes too long to match.</exception>
    public bool Contain(string module)
    {
        if (pattern is null) return Names.Any(name => module == name || module.EndsWith("." + name, StringComparison.Ordinal));
        try
        {
            return pattern.IsMatch(module);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new ModelFormatException($"{place}: the pattern takes too long on {module}", error);
        }
    }

    static ModuleNames Compile(string expression, string place) => new([], Expression(expression, place), place);

    static Regex Expression(string expression, string place)
    {
        try
        {
            return new Regex($@"\A(?:{expression})\z", RegexOptions.CultureInvariant, longestMatch);
        }
        catch (ArgumentException error)
        {
            throw new ModelFormatException($"{place} is not a regular expression: {error.Message}", error);
        }
    }
}
