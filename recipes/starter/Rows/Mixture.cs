// Which kinds a stage trains on, and in what shares. Draws items, English and Arabic by turns. Knows no files.
using Majlis.recipes.starter.Grammar;
using Majlis.recipes.starter.Kinds;
using Majlis.recipes.starter.Kinds.Documents;
using Majlis.recipes.starter.Kinds.Instructions;

namespace Majlis.recipes.starter.Rows;

public sealed class Mixture
{
    static readonly FollowUps usual = new(0.9, 8, 0.25);

    readonly List<(int Until, ITaskKind[] Kinds)> bands = [];
    readonly Language[] languages;
    int all;

    Mixture(Language[] languages) => this.languages = languages;

    /// <summary>The names of the mixtures, for messages.</summary>
    public const string All = "copy, lookup, lookup-on, base, base-on, sft, en, ar";

    /// <exception cref="ArgumentException">There is no such mixture.</exception>
    public static Mixture Named(string name) => name switch
    {
        "copy" => new Mixture(Names.Languages).With(1, language => new CopyTask(language)),
        "lookup" => LookUps(4),
        "lookup-on" => LookUps(8),
        "base" => Base(new FollowUps(0.75, 4, 0)),
        "base-on" => Base(usual),
        "sft" => Tasks(Names.Languages, usual),
        "en" => Tasks([Language.English], usual),
        "ar" => Tasks([Language.Arabic], usual),
        _ => throw new ArgumentException($"There is no mixture '{name}'; the mixtures are {All}."),
    };

    /// <summary>Item <paramref name="index"/> of a seed: the same whatever was drawn before.</summary>
    public Item Draw(ulong seed, int index)
    {
        var chance = Chance.Of(seed, index);
        var share = chance.Below(all);
        return bands.Find(band => share < band.Until).Kinds[index % languages.Length].Make(chance);
    }

    static Mixture LookUps(int most) => new Mixture(Names.Languages)
        .With(3, language => new LookUpTask(language, most)).With(1, language => new CopyTask(language));

    static Mixture Base(FollowUps followUps) => Tasks(Names.Languages, followUps)
        .With(12, language => new CopyTask(language)).With(18, language => new LookUpTask(language, 8));

    static Mixture Tasks(Language[] languages, FollowUps followUps) => new Mixture(languages)
        .With(60, language => new DocumentTask(language, Split.Training, followUps))
        .With(20, language => new InstructionTask(language, Split.Training))
        .With(16, language => new ArithmeticTask(language, Split.Training))
        .With(8, language => new FactTask(language, Split.Training))
        .With(6, language => new DialogueTask(language, Split.Training));

    Mixture With(int share, Func<Language, ITaskKind> kind)
    {
        bands.Add((all += share, [.. languages.Select(kind)]));
        return this;
    }
}
