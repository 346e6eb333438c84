// Greetings, identity, small talk, and what a small model does not know. Knows no documents.
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;
using Majlis.recipes.starter.Words;

namespace Majlis.recipes.starter.Kinds;

public sealed class DialogueTask(Language language, Split split) : ITaskKind
{
    readonly World world = new(language, split);
    readonly Dictionary<string, Section> answers = Section.Shared("dialogue", language).ToDictionary(section => section.Name);
    readonly List<Section> asks = Section.Of(split, "dialogue", language);

    public string Name => "dialogue";

    public Item Make(Chance chance)
    {
        var ask = chance.Pick(asks);
        var answer = answers[ask.Name];
        var (person, city) = (world.Person(chance), world.Value("city", default, chance));
        var question = chance.Pick(ask.Patterns("ask")).Fill(chance, name => name == "p" ? person : city);
        var brief = chance.Pick(answer.Patterns("brief")).Fill(chance, name => name);
        var more = answer.All("more");
        var added = chance.Happens(0.5) ? more : more[..1];
        return new Item(Name, language, question, [], brief, string.Join(' ', added.Prepend(brief)),
            new WordCheck(answer.List("accept")), [Other(ask.Name, chance)]);
    }

    // The answer to something else.
    string Other(string section, Chance chance)
    {
        var accepted = answers[section].List("accept");
        var others = answers.Values.Select(other => other.All("brief")[0]).Select(Pattern.Parse)
            .Select(pattern => pattern.Fill(chance, name => name)).Where(text => !accepted.Exists(words => Texts.HasWords(text, words)));
        return chance.Pick(others.ToList());
    }
}
