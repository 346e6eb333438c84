// Practice in reading: documents tell relations that no language has of subjects that no language has, in any words of the vocabulary; a
// question names both. What a wording means cannot be learnt by heart here, only which words return. Only for training.
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;
using Majlis.recipes.starter.Words;

namespace Majlis.recipes.starter.Kinds;

public sealed class RelationTask(Language language) : ITaskKind
{
    const int MostQuestions = 8;

    // Of the documents: those that tell a second relation of their subject; those that tell the relation of the first document.
    const double Second = 0.4;
    const double Alike = 0.75;

    // Questions about a subject of no document, or about a relation that nobody told of it.
    const double Unanswerable = 0.2;

    readonly World world = new(language, Split.Training);
    readonly VocabularyWords vocabulary = new(language);
    readonly Refusals refusals = new(language);
    readonly Section wordings = Section.Of(Split.Training, "copy", language).Single(section => section.Name == "relation");

    sealed record Statement(string Relation, string Subject, string Value, int Document);

    public string Name => "relation";

    public Item Make(Chance chance)
    {
        var count = chance.Between(1, 5);
        var (relations, words) = (Some(3, () => Phrase(chance)), Some(3 * count + 1, () => world.Invent(chance)));
        var told = new List<Statement>();
        var documents = new List<Passage>();
        for (var index = 0; index < count; index++)
        {
            var first = chance.Happens(Alike) ? 0 : 1;
            told.Add(new(relations[first], words[3 * index], words[3 * index + 1], index));
            if (chance.Happens(Second)) told.Add(new(relations[1 - first], words[3 * index], words[3 * index + 2], index));
            documents.Add(new(null, string.Join(' ', told.Where(fact => fact.Document == index).Select(fact => Say(fact, chance)))));
        }
        var turns = Enumerable.Range(0, chance.Between(1, MostQuestions)).Select(_ => chance.Happens(Unanswerable)
            ? Unsaid(relations, words, told, chance) : chance.Pick(told)).Distinct().ToList();
        string Answer(Statement fact) => fact.Document < 0 ? refusals.Brief(chance) : Citations.Mark(fact.Value, fact.Document) + ".";
        List<(string Question, string Answer)> said = [.. turns.Select(fact => (Ask(fact, chance), Answer(fact)))];
        var asked = turns[^1];
        AnswerCheck check = asked.Document < 0 ? new UnanswerableCheck() : new CitedCheck(asked.Value, asked.Document, []);
        return new Item(Name, language, said[^1].Question, documents, said[^1].Answer, said[^1].Answer, check, []) with
        {
            History = [.. said[..^1].SelectMany(turn => new[] { turn.Question, turn.Answer })],
        };
    }

    // The third relation and the last word are told of nobody.
    static Statement Unsaid(List<string> relations, List<string> words, List<Statement> told, Chance chance) => chance.Happens(0.5)
        ? new(relations[0], words[^1], "", -1)
        : new(relations[2], chance.Pick(told).Subject, "", -1);

    string Say(Statement fact, Chance chance) => Wording.Sentence(Fill("say", fact, chance));

    string Ask(Statement fact, Chance chance) => Wording.Sentence(Fill("ask", fact, chance));

    string Fill(string key, Statement fact, Chance chance) => chance.Pick(wordings.Patterns(key)).Fill(chance, name => name switch
    {
        "r" => fact.Relation,
        "x" => fact.Subject,
        "y" => fact.Value,
        "f" => Phrase(chance),
        _ => throw new FormatException($"A relation's wording has the slot '{name}'; it can have r, x, y and f."),
    });

    string Phrase(Chance chance) => vocabulary.Plain(chance) + (chance.Happens(0.5) ? "" : " " + vocabulary.Plain(chance));

    static List<string> Some(int count, Func<string> next)
    {
        var all = new HashSet<string>();
        while (all.Count < count) all.Add(next());
        return [.. all];
    }
}
