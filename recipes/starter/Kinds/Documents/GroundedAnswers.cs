// Answers a question from a document, brief and elaborate; the value is cited. Every added sentence holds in the documents.
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;

namespace Majlis.recipes.starter.Kinds.Documents;

public sealed class GroundedAnswers(Language language, IReadOnlyList<string> ordinals)
{
    /// <summary>The bare value, or one sentence.</summary>
    public static string Brief(Fact fact, int document, Chance chance) =>
        chance.Happens(0.5) ? Citations.Mark(fact.Value.Text, document) + "." : Sentence(fact, document, chance);

    /// <summary>The sentence, and one or two more.</summary>
    public string Elaborate(Fact fact, Told told, int document, Chance chance)
    {
        var more = new List<string>();
        if (told.Facts.FirstOrDefault(other => other != fact) is { } second)
            more.Add(Say(second.Relation.It, second, Citations.Mark(second.Value.Text, document), chance));
        else more.Add(Say(chance.Pick(fact.Relation.Again), fact, fact.Value.Text, chance));
        if (chance.Happens(0.4)) more.Add(Source(document));
        return string.Join(' ', more.Prepend(Sentence(fact, document, chance)));
    }

    /// <summary>One sentence that cites a value, right or wrong.</summary>
    public static string Sentence(Fact fact, int document, Chance chance) =>
        Say(chance.Pick(fact.Relation.Brief), fact, Citations.Mark(fact.Value.Text, document), chance);

    static string Say(Pattern pattern, Fact fact, string cited, Chance chance) =>
        Wording.Sentence(pattern.Fill(chance, fact.Slots(cited)));

    string Source(int document) => language == Language.English ? $"This is in the {ordinals[document]} document."
        : $"وهذا في الوثيقة {ordinals[document]}.";
}
