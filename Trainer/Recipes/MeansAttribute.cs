// What an option means, and which values it takes: read by the recipe's reader and by its help. Knows no option.
namespace Majlis.Trainer.Recipes;

/// <param name="text">For people, one sentence.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MeansAttribute(string text) : Attribute
{
    public string Text => text;

    /// <summary>TRL's or transformers' name of the same, so that who writes it is told ours.</summary>
    public string? Trl { get; init; }

    public double AtLeast { get; init; } = double.NegativeInfinity;
    public double AtMost { get; init; } = double.PositiveInfinity;

    /// <summary>Strictly above <see cref="AtLeast"/>.</summary>
    public bool Above { get; init; }

    /// <summary>The words that are allowed; empty = any.</summary>
    public string[] OneOf { get; init; } = [];

    /// <summary>What is wrong with a value, or null.</summary>
    public string? Problem(object? value) => value switch
    {
        string word when OneOf.Length > 0 && !OneOf.Contains(word) => $"'{word}' is not one of {string.Join(", ", OneOf)}"
            + (NearestName.Of(word, OneOf) is { } near ? $"; did you mean {near}?" : ""),
        int or double when !Holds(Convert.ToDouble(value, null)) => FormattableString.Invariant($"{value} is not {Range}"),
        _ => null,
    };

    bool Holds(double number) => number <= AtMost && (Above ? number > AtLeast : number >= AtLeast);

    string Range => (double.IsNegativeInfinity(AtLeast), double.IsPositiveInfinity(AtMost)) switch
    {
        (false, true) => FormattableString.Invariant($"{(Above ? "above" : "at least")} {AtLeast}"),
        (true, false) => FormattableString.Invariant($"at most {AtMost}"),
        _ => FormattableString.Invariant($"{(Above ? "above" : "from")} {AtLeast} {(Above ? "and at most" : "to")} {AtMost}"),
    };
}
