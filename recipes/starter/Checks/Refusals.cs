// How the starter says that documents do not hold the answer. Knows no questions.
using Majlis.recipes.starter.Grammar;

namespace Majlis.recipes.starter.Checks;

public sealed class Refusals(Language language)
{
    static readonly Dictionary<Language, Dictionary<string, Section>> files = Names.Languages.ToDictionary(language => language,
        language => Section.Shared("refusals", language).ToDictionary(section => section.Name));

    readonly Section answers = files[language]["answers"];

    /// <summary>Words of which a refusal holds one.</summary>
    public static List<string> Markers(Language language) => files[language]["markers"].List("marker");

    public string Brief(Chance chance) => chance.Pick(answers.All("brief"));

    /// <param name="asked">What is asked for, such as "the author of the book Moluto".</param>
    /// <param name="told">What a document is about instead.</param>
    public string Elaborate(string asked, string told, Chance chance)
    {
        Term Slot(string name) => name == "np" ? asked : told;
        return string.Join(' ', new[] { "more", chance.Happens(0.7) ? "only" : "hint" }
            .Select(key => Wording.Sentence(chance.Pick(answers.Patterns(key)).Fill(chance, Slot))));
    }
}
