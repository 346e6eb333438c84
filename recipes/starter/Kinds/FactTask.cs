// Small facts of a closed world: capitals, opposites, translations. Knows no documents.
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;

namespace Majlis.recipes.starter.Kinds;

public sealed class FactTask(Language language, Split split) : ITaskKind
{
    readonly Dictionary<string, Section> families = Section.Shared("facts", language).ToDictionary(section => section.Name);
    readonly List<Section> asks = Section.Of(split, "facts", language);

    public string Name => "facts";

    public Item Make(Chance chance)
    {
        var ask = chance.Pick(asks);
        var family = families[ask.Name];
        var pairs = family.List("pair").Select(pair => pair.Split(" = ")).ToList();
        var pair = chance.Pick(pairs);
        Term Slot(string name) => name == "a" ? pair[0] : pair[1];
        string Say(string key) => Wording.Sentence(chance.Pick(family.Patterns(key)).Fill(chance, Slot));
        var others = pairs.Where(other => other[1] != pair[1]).ToList();
        var wrong = chance.Pick(others)[1];
        return new Item(Name, language, Wording.Sentence(chance.Pick(ask.Patterns("ask")).Fill(chance, Slot)), [],
            Say("brief"), $"{Say("full")} {Say("more")}", new WordCheck([pair[1]]),
            [Wording.Sentence(family.Patterns("full")[0].Fill(chance, name => name == "a" ? pair[0] : wrong))]);
    }
}
