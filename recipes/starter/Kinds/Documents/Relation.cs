// What can be said of a subject and how it is said, asked and answered, in one language. Knows no documents.
using Majlis.recipes.starter.Grammar;

namespace Majlis.recipes.starter.Kinds.Documents;

/// <param name="answers">The section of the shared file: groups, value, np and the answers' wordings.</param>
/// <param name="wordings">The section of one side's file: how documents say it and how users ask.</param>
public sealed class Relation(Section answers, Section wordings)
{
    static readonly string[] people = ["person", "maker"];

    public string Name => answers.Name;

    public List<string> Groups { get; } = answers.List("groups");

    /// <summary>The kind of its values, such as <c>city</c>.</summary>
    public string Value { get; } = answers.One("value");

    /// <summary>Whether one asks "who".</summary>
    public bool AsksWho => people.Contains(Value);

    public Pattern Np { get; } = Pattern.Parse(answers.One("np"));

    public List<Pattern> Say { get; } = wordings.Patterns("say");
    public List<Pattern> Direct { get; } = wordings.Patterns("direct");
    public List<Pattern> Indirect { get; } = wordings.Patterns("i");

    /// <summary>A full answer in one sentence.</summary>
    public List<Pattern> Brief { get; } = answers.Patterns("brief");

    /// <summary>A second sentence about the same subject.</summary>
    public Pattern It { get; } = Pattern.Parse(answers.One("it"));

    public List<Pattern> Again { get; } = answers.Patterns("again");

    /// <summary>All relations of a language, worded for one side.</summary>
    public static List<Relation> All(Language language, Split split)
    {
        var wordings = Section.Of(split, "questions", language).ToDictionary(section => section.Name);
        return [.. Section.Shared("relations", language).Select(answers => new Relation(answers, wordings[answers.Name]))];
    }
}

/// <summary>Something true in an item's documents.</summary>
public sealed record Fact(Relation Relation, Term Subject, Term Value)
{
    /// <summary>The slots of this fact's patterns; <c>o</c> is the value as <paramref name="cited"/>.</summary>
    public Slots Slots(string cited) => name => name switch
    {
        "s" => Subject,
        "o" => Value with { Text = cited },
        "v" => Value,
        _ => throw new FormatException($"A wording of '{Relation.Name}' has the slot '{name}'; it can have s, o and v."),
    };
}

/// <summary>A document and what it says, the first sentence's fact first; all about one subject.</summary>
public sealed record Told(Passage Passage, IReadOnlyList<Fact> Facts);
