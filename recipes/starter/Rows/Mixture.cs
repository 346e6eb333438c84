// Which kinds a stage trains on, and in what shares. Draws items, English and Arabic by turns. Knows no files.
using Majlis.recipes.starter.Grammar;
using Majlis.recipes.starter.Kinds;
using Majlis.recipes.starter.Kinds.Documents;
using Majlis.recipes.starter.Kinds.Instructions;

namespace Majlis.recipes.starter.Rows;

public sealed class Mixture
{
    // Questions about a word that no document has.
    const double Unknown = 0.15;

    // Where most questions have an answer, guessing one costs little.
    const double Often = 0.4;

    readonly List<(int Until, ITaskKind[] Kinds)> bands = [];
    readonly Language[] languages;
    int all;

    Mixture(Language[] languages) => this.languages = languages;

    /// <summary>The names of the mixtures, for messages.</summary>
    public const string All = "copy, lookup, base, cite, base-on, refuse, sft, en, ar, votes, replay";

    /// <exception cref="ArgumentException">There is no such mixture.</exception>
    public static Mixture Named(string name) => name switch
    {
        "copy" => new Mixture(Names.Languages).With(1, language => new CopyTask(language)),
        "lookup" => new Mixture(Names.Languages).Practice(copy: 1, lookup: 4),
        "base" => Tasks(Names.Languages).Practice(copy: 5, lookup: 30),
        "cite" => new Mixture(Names.Languages).With(1, language => new CiteTask(language)),
        "base-on" => Tasks(Names.Languages).Practice(copy: 5, lookup: 15).With(20, language => new CiteTask(language)),
        "refuse" => Tasks(Names.Languages, Often).Practice(copy: 5, lookup: 15, Often).With(20, language => new CiteTask(language)),
        "sft" => Tasks(Names.Languages),
        "en" => Tasks([Language.English]),
        "ar" => Tasks([Language.Arabic]),
        // Not a stage's: what raters of the starter are asked. Every kind in which style shows, and as many refusals as values.
        "votes" => new Mixture(Names.Languages)
            .With(45, language => new DocumentTask(language, Split.Training, unanswerable: 0.5))
            .With(20, language => new InstructionTask(language, Split.Training))
            .With(18, language => new ArithmeticTask(language, Split.Training))
            .With(17, language => new FactTask(language, Split.Training))
            .With(6, language => new DialogueTask(language, Split.Training)),
        // Nor this: what is learnt beside votes, so that it is kept. A change of style loses forms first, refusals and facts.
        "replay" => new Mixture(Names.Languages)
            .With(26, language => new InstructionTask(language, Split.Training))
            .With(20, language => new InstructionTask(language, Split.Replay))
            .With(36, language => new DocumentTask(language, Split.Training, unanswerable: 0.6))
            .With(4, language => new ArithmeticTask(language, Split.Training))
            .With(14, language => new FactTask(language, Split.Replay)),
        _ => throw new ArgumentException($"There is no mixture '{name}'; the mixtures are {All}."),
    };

    /// <summary>Item <paramref name="index"/> of a seed: the same whatever was drawn before.</summary>
    public Item Draw(ulong seed, int index)
    {
        var chance = Chance.Of(seed, index);
        var share = chance.Below(all);
        return bands.Find(band => share < band.Until).Kinds[index % languages.Length].Make(chance);
    }

    static Mixture Tasks(Language[] languages, double unanswerable = DocumentTask.Unanswerable) => new Mixture(languages)
        .With(60, language => new DocumentTask(language, Split.Training, new FollowUps(0.9, 8, 1.25 * unanswerable), unanswerable))
        .With(20, language => new InstructionTask(language, Split.Training))
        .With(16, language => new ArithmeticTask(language, Split.Training))
        .With(8, language => new FactTask(language, Split.Training))
        .With(6, language => new DialogueTask(language, Split.Training));

    Mixture Practice(int copy, int lookup, double unknown = Unknown) =>
        With(copy, language => new CopyTask(language)).With(lookup, language => new LookUpTask(language, unknown));

    Mixture With(int share, Func<Language, ITaskKind> kind)
    {
        bands.Add((all += share, [.. languages.Select(kind)]));
        return this;
    }
}
