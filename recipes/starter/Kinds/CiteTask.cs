// Practice in naming the document that a word stands in, or in seeing that none has it: many words of the same documents at once.
// The way from a citation's mark to its document's number has three steps, which training does not find together; here each has a
// form in which it is the only new one. Only for training.
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;
using Majlis.recipes.starter.Words;

namespace Majlis.recipes.starter.Kinds;

public sealed class CiteTask(Language language) : ITaskKind
{
    // Of ten: words that no document has, and words that are numbered where only some are.
    const int Absent = 3, Numbered = 5;

    readonly World world = new(language, Split.Training);
    readonly Dictionary<string, Section> wordings =
        Section.Of(Split.Training, "copy", language).ToDictionary(section => section.Name);

    public string Name => "cite";

    public Item Make(Chance chance) => chance.Below(4) switch
    {
        0 => Echo(chance),
        1 => Beside(chance),
        2 => Asked("number", chance, (word, document) => document < 0 ? $"{word} -" : $"{word} {document}"),
        _ => Asked("cite", chance, (word, document) => document < 0 ? word : Citations.Mark(word, document)),
    };

    // The first step: at any word, the number that its document begins with.
    Item Echo(Chance chance)
    {
        var documents = Documents(bare: true, chance);
        var answer = string.Join(' ', documents.Index().SelectMany(document => document.Item
            .Select(word => chance.Below(10) < Numbered ? $"{word} {document.Index}" : word).Prepend($"{document.Index}:")));
        return Item(Ask("echo", "", chance), [.. documents.Select(words => string.Join(' ', words))], answer);
    }

    // The last step: at the mark's number, back to the word and to the number beside it.
    Item Beside(Chance chance)
    {
        var numbered = Words(chance.Between(3, 9), chance).Select(word => (Word: word, Number: chance.Below(10))).ToList();
        var list = string.Join(' ', numbered.Select(one => $"{one.Word} {one.Number}"));
        var asked = chance.Shuffled(numbered)[..chance.Between(2, numbered.Count)];
        return Item($"{list}. {Ask("cite", string.Join(' ', asked.Select(one => one.Word)), chance)}", [],
            string.Join(' ', asked.Select(one => Citations.Mark(one.Word, one.Number))));
    }

    // All steps, with or without the mark.
    Item Asked(string section, Chance chance, Func<string, int, string> answer)
    {
        var bare = chance.Happens(0.5);
        var documents = Documents(bare, chance);
        var told = documents.SelectMany((words, index) => words.Select(word => (Word: word, Document: index))).ToList();
        var asked = chance.Shuffled(told).Take(chance.Between(3, 9))
            .Select(told => chance.Below(10) < Absent ? (Word: world.Invent(chance), Document: -1) : told).ToList();
        return Item(Ask(section, string.Join(' ', asked.Select(one => one.Word)), chance),
            [.. documents.Select(words => bare ? string.Join(' ', words) : Told(words, chance))],
            string.Join(' ', asked.Select(one => answer(one.Word, one.Document))));
    }

    List<List<string>> Documents(bool bare, Chance chance) => [.. Enumerable.Range(0, chance.Between(2, 6))
        .Select(_ => Words(bare ? chance.Between(1, 3) : 2 * chance.Between(1, 2), chance))];

    string Told(List<string> words, Chance chance)
    {
        var lines = wordings[chance.Happens(0.5) ? "far" : "line"].All("say");
        return string.Join(' ', words.Chunk(2).Select(pair =>
            Wording.Sentence(Pattern.Parse(chance.Pick(lines)).Fill(chance, name => pair[name == "x" ? 0 : 1]))));
    }

    List<string> Words(int count, Chance chance) => [.. Enumerable.Range(0, count).Select(_ => world.Invent(chance))];

    Item Item(string question, List<string> documents, string answer) =>
        new(Name, language, question, [.. documents.Select(text => new Passage(null, text))], answer, answer, new WordCheck([answer]), []);

    string Ask(string section, string list, Chance chance) => chance.Pick(wordings[section].Patterns("ask")).Fill(chance, _ => list);
}
