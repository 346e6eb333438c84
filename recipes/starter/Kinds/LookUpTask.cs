// Practice in finding: which word is told of another one, anywhere in the same short document, before it or behind it; or that none is.
// Between CopyTask and the documents' own relations. Only for training.
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;
using Majlis.recipes.starter.Words;

namespace Majlis.recipes.starter.Kinds;

/// <param name="language">Of wordings and invented words.</param>
/// <param name="unknown">The share of questions about a word that no document has.</param>
public sealed class LookUpTask(Language language, double unknown) : ITaskKind
{
    // Each question about the same documents costs a few tokens, the documents many.
    const int MostQuestions = 8;

    readonly World world = new(language, Split.Training);
    readonly Refusals refusals = new(language);
    readonly Dictionary<string, Section> wordings =
        Section.Of(Split.Training, "copy", language).ToDictionary(section => section.Name);

    public string Name => "lookup";

    public Item Make(Chance chance)
    {
        var count = chance.Between(2, 6);
        var words = Words(2 * count + 1, chance);
        var line = Pattern.Parse(chance.Pick(wordings["far"].All("say")));
        var documents = Enumerable.Range(0, count).Select(index => new Passage(null,
            Wording.Sentence(line.Fill(chance, name => words[name == "x" ? index : count + index])))).ToList();
        // The last word of all stands in no document.
        List<int> asked = [.. Enumerable.Range(0, chance.Between(1, MostQuestions))
            .Select(_ => chance.Happens(unknown) ? 2 * count : chance.Below(count)).Distinct()];
        string Question(int index) => chance.Pick(wordings["lookup"].Patterns("ask")).Fill(chance, _ => words[index]);
        string Answer(int index) => index == 2 * count ? refusals.Brief(chance) : Citations.Mark(words[count + index], index);
        var last = asked[^1];
        AnswerCheck check = last == 2 * count ? new UnanswerableCheck() : new CitedCheck(words[count + last], last, []);
        var answer = Answer(last);
        return new Item(Name, language, Question(last), documents, answer, answer, check, []) with
        {
            History = [.. asked[..^1].SelectMany(index => new[] { Question(index), Answer(index) })],
        };
    }

    // Different ones: the place of each is clear.
    List<string> Words(int count, Chance chance)
    {
        var words = new HashSet<string>();
        while (words.Count < count) words.Add(world.Invent(chance));
        return [.. words];
    }
}
