// A topic of the closed vocabulary: its name, things that belong to it, and short sentences. Knows no instructions.
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;

namespace Majlis.recipes.starter.Kinds.Instructions;

public sealed class Topic
{
    Topic(Section section, Language language)
    {
        Language = language;
        Name = new Term(section.Name, section.Has("gender"));
        Parts = section.List("parts");
        Present = section.AllOrNone("v");
        Past = section.AllOrNone("p");
        Vocalised = language == Language.English ? [] : [.. Present, .. Past, .. section.AllOrNone("n")];
        Sentences = language == Language.English ? section.All("s") : [.. Vocalised.Select(Texts.WithoutMarks)];
    }

    public Language Language { get; }

    public Term Name { get; }

    public List<string> Parts { get; }

    /// <summary>All sentences, without tashkeel.</summary>
    public List<string> Sentences { get; }

    /// <summary>All sentences of an Arabic topic with tashkeel.</summary>
    public List<string> Vocalised { get; }

    /// <summary>Arabic sentences that begin with a verb, with tashkeel.</summary>
    public List<string> Present { get; }

    public List<string> Past { get; }

    /// <summary>Different sentences in random order, as one text.</summary>
    public string Text(int count, Chance chance) => string.Join(' ', chance.Some(Sentences, count));

    public static List<Topic> All(Language language) =>
        [.. Section.Shared("topics", language).Select(section => new Topic(section, language))];
}
