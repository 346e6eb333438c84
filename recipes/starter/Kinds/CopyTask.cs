// Practice in copying: words that no language has, repeated, found by their neighbour, or looked up in documents. Only for training.
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;
using Majlis.recipes.starter.Words;

namespace Majlis.recipes.starter.Kinds;

public sealed class CopyTask(Language language) : ITaskKind
{
    readonly Dictionary<string, Section> wordings =
        Section.Of(Split.Training, "copy", language).ToDictionary(section => section.Name);

    public string Name => "copy";

    public Item Make(Chance chance)
    {
        var draw = chance.Below(10);
        return draw < 4 ? Repeat(chance) : draw < 6 ? After(chance) : LookUp(chance);
    }

    Item Repeat(Chance chance)
    {
        var list = string.Join(' ', Words(chance.Between(3, 10), chance));
        return Item(Ask("repeat", list, "", chance), [], list, new WordCheck([list]));
    }

    Item After(Chance chance)
    {
        var words = Words(chance.Between(4, 9), chance);
        var at = chance.Below(words.Count - 1);
        return Item(Ask("after", string.Join(' ', words) + ".", words[at], chance), [], words[at + 1], new WordCheck([words[at + 1]]));
    }

    Item LookUp(Chance chance)
    {
        var count = chance.Between(2, 5);
        var words = Words(2 * count, chance);
        var line = Pattern.Parse(chance.Pick(wordings["line"].All("say")));
        var documents = Enumerable.Range(0, count).Select(index => new Passage(null,
            line.Fill(chance, name => words[name == "x" ? index : count + index]))).ToList();
        var asked = chance.Below(count);
        var value = words[count + asked];
        return Item(Ask("lookup", "", words[asked], chance), documents, Citations.Mark(value, asked), new CitedCheck(value, asked, []));
    }

    Item Item(string question, List<Passage> documents, string answer, AnswerCheck check) =>
        new(Name, language, question, documents, answer, answer, check, []);

    string Ask(string section, string list, string word, Chance chance) =>
        chance.Pick(wordings[section].Patterns("ask")).Fill(chance, name => name == "list" ? list : word);

    // Different ones: the place of each is clear.
    List<string> Words(int count, Chance chance)
    {
        var words = new HashSet<string>();
        while (words.Count < count) words.Add(InventedWords.Next(chance, language, Split.Training));
        return [.. words];
    }
}
