// Puts a question about a fact into words: a frame around the relation's own core. Knows no answers.
using Majlis.recipes.starter.Grammar;

namespace Majlis.recipes.starter.Kinds.Documents;

public sealed class QuestionFrames(Language language, Split split)
{
    readonly Section frames = Section.Of(split, "frames", language)[0];

    public string Ask(Relation relation, Term subject, Chance chance)
    {
        var fact = new Fact(relation, subject, "");
        string Fill(Pattern pattern) => pattern.Fill(chance, fact.Slots(""));
        var kind = chance.Pick(["np", "direct", "direct", "indirect"]);
        return Wording.Sentence(chance.Pick(frames.Patterns(kind)).Fill(chance, name => name switch
        {
            "np" => Fill(relation.Np),
            "i" => Fill(chance.Pick(relation.Indirect)),
            "q" => Wording.Sentence(Fill(chance.Pick(relation.Direct))),
            "w" => relation.AsksWho ? Who : What,
            "W" => Wording.Sentence(relation.AsksWho ? Who : What),
            _ => throw new FormatException($"A frame has the slot '{name}'; it can have np, i, q, w and W."),
        }));
    }

    /// <summary>The number of wordings for a question about one subject.</summary>
    public int Wordings(Relation relation) =>
        Sum("np") * relation.Np.Wordings + Sum("direct") * relation.Direct.Sum(core => core.Wordings)
            + Sum("indirect") * relation.Indirect.Sum(core => core.Wordings);

    int Sum(string kind) => frames.Patterns(kind).DistinctBy(frame => frame.Source).Sum(frame => frame.Wordings);

    string Who => language == Language.English ? "who" : "من";
    string What => language == Language.English ? "what" : "ما";
}
