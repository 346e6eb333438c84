// Practice in copying: words that no language has, repeated, found by their neighbour, or looked up in documents. Only for training.
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;
using Majlis.recipes.starter.Words;

namespace Majlis.recipes.starter.Kinds;

public sealed class CopyTask(Language language) : ITaskKind
{
    const int MostQuestions = 4;

    // The share of lookups in words of one or two tokens, which are learnt first.
    const double Common = 0.5;

    static readonly string[] closed = ["colour", "profession", "ingredient", "month"];

    readonly List<string> common = [.. closed.SelectMany(new World(language, Split.Training).Closed).Distinct()];
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
        return Item(Ask("repeat", list, "", chance), [], Lead(list), new WordCheck([list]));
    }

    Item After(Chance chance)
    {
        var words = Words(chance.Between(4, 9), chance);
        var at = chance.Below(words.Count - 1);
        var question = Ask("after", string.Join(' ', words) + ".", words[at], chance);
        return Item(question, [], Lead(words[at + 1]), new WordCheck([words[at + 1]]));
    }

    // Every document has the same form, so only the word beside the asked one tells which it is. Several questions about the same
    // documents follow each other: they cost a few tokens each.
    Item LookUp(Chance chance)
    {
        var count = chance.Between(2, 6);
        var words = chance.Happens(Common) ? chance.Shuffled(common)[..(2 * count)] : Words(2 * count, chance);
        var line = Pattern.Parse(chance.Pick(wordings["line"].All("say")));
        var documents = Enumerable.Range(0, count).Select(index => new Passage(null,
            line.Fill(chance, name => words[name == "x" ? index : count + index]))).ToList();
        var asked = chance.Shuffled([.. Enumerable.Range(0, count)])[..chance.Between(1, Math.Min(count, MostQuestions))];
        string Question(int index) => Ask("lookup", "", words[index], chance);
        string Answer(int index) => Citations.Mark(words[count + index], index);
        return Item(Question(asked[^1]), documents, Answer(asked[^1]), new CitedCheck(words[count + asked[^1]], asked[^1], [])) with
        {
            History = [.. asked[..^1].SelectMany(index => new[] { Question(index), Answer(index) })],
        };
    }

    // Behind a space a word has the tokens that it has in the list.
    string Lead(string words) => (language == Language.English ? "Answer: " : "الجواب: ") + words;

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
