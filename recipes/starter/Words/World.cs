// Names and values that documents speak of, in one language and for one side of the data. Knows no sentences.
using System.Globalization;
using Majlis.recipes.starter.Grammar;

namespace Majlis.recipes.starter.Words;

public sealed class World
{
    // The share of names that no language has.
    const double Invented = 0.6;

    // In training, of first names and of the names above: a closed list of first names would be learnt by heart and not copied.
    const double FromVocabulary = 0.5;

    readonly Language language;
    readonly Split split;
    readonly Dictionary<string, Section> nouns;
    readonly Dictionary<string, Section> values;
    readonly Dictionary<string, List<string>> names;
    readonly VocabularyWords? vocabulary;

    public World(Language language, Split split)
    {
        (this.language, this.split) = (language, split);
        nouns = Section.Shared("nouns", language).ToDictionary(section => section.Name);
        values = Section.Shared("values", language).ToDictionary(section => section.Name);
        names = Section.Of(split, "names", language).ToDictionary(section => section.Name, section => section.List("name"));
        vocabulary = split == Split.Training ? new VocabularyWords(language) : null;
    }

    /// <summary>Something or somebody of a group, such as "the Moluto Museum".</summary>
    public Term Subject(string group, Chance chance)
    {
        if (group == "person") return Person(chance);
        var noun = chance.Pick(nouns[group].All("noun")).Split(" | ");
        return new Term(noun[0].Replace("{w}", Name("name", chance), StringComparison.Ordinal), noun.Length > 1);
    }

    /// <summary>A value of a kind; the profession has the subject's gender.</summary>
    public Term Value(string kind, Term subject, Chance chance) => kind switch
    {
        "person" => Person(chance),
        "city" => Name("city", chance),
        "word" or "maker" => Invent(chance),
        "year" => chance.Between(1820, 2025).ToString(CultureInfo.InvariantCulture),
        "code" => chance.Between(1000, 9999).ToString(CultureInfo.InvariantCulture),
        "time" => $"{chance.Between(5, 11)}:{chance.Pick(["00", "15", "30", "45"])} {chance.Pick(Closed("half"))}",
        "morning" => $"{chance.Between(6, 11)}:{chance.Pick(["00", "15", "30", "45"])} {Closed("half")[0]}",
        "date" => $"{chance.Between(1, 28)} {chance.Pick(Closed("month"))}",
        "money" => Counted(kind, 3, 999, chance),
        "metre" => Counted(kind, 20, 3000, chance),
        "kilometre" => Counted(kind, 3, 900, chance),
        "people" => Counted(kind, 20, 900, chance),
        "profession" when subject.IsFeminine && values[kind].Has("feminine") => chance.Pick(values[kind].List("feminine")),
        _ => chance.Pick(Closed(kind)),
    };

    public Term Person(Chance chance)
    {
        var feminine = chance.Happens(0.5);
        var family = chance.Happens(0.5) ? Invent(chance) : chance.Pick(names["family"]);
        var first = vocabulary is not null && chance.Happens(FromVocabulary) ? vocabulary.Next(chance)
            : chance.Pick(names[feminine ? "female" : "male"]);
        return new Term($"{first} {family}", feminine);
    }

    /// <summary>A first name alone.</summary>
    public Term FirstName(Chance chance)
    {
        var feminine = chance.Happens(0.5);
        return new Term(chance.Pick(names[feminine ? "female" : "male"]), feminine);
    }

    public CountedNoun Noun(string kind, Chance chance) => CountedNoun.Parse(chance.Pick(values[kind].All("noun")));

    public List<string> Closed(string kind) => values[kind].List("value");

    /// <summary>Every name that is written in the data files of this side.</summary>
    public IEnumerable<string> WrittenNames => names.Values.SelectMany(list => list);

    string Name(string list, Chance chance) =>
        chance.Happens(Invented) ? Invent(chance) : chance.Pick(names[list]);

    /// <summary>A word that no language has.</summary>
    public string Invent(Chance chance) => vocabulary is not null && chance.Happens(FromVocabulary) ? vocabulary.Next(chance)
        : InventedWords.Next(chance, language, split);

    string Counted(string kind, int least, int most, Chance chance)
    {
        int number;
        do number = chance.Between(least, most);
        while (!CountedNoun.CanCount(number));
        return Noun(kind, chance).Of(number);
    }
}
