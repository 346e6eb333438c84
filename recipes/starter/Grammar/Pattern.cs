// A wording with choices: [one|another|] and {slot}, {slot:masculine|feminine}. All of them nest. Knows no language.
using System.Text;

namespace Majlis.recipes.starter.Grammar;

/// <summary>What fills a pattern's slots; throws for a name it does not know.</summary>
public delegate Term Slots(string name);

public sealed class Pattern
{
    readonly List<Part> parts;

    Pattern(string source, List<Part> parts) => (Source, this.parts) = (source, parts);

    public string Source { get; }

    /// <summary>The number of wordings; slots count as one.</summary>
    public int Wordings => Count(parts);

    /// <exception cref="FormatException">A bracket or brace is open at the end, or closes nothing.</exception>
    public static Pattern Parse(string source) => new(source, new PatternReader(source).All());

    /// <summary>One wording.</summary>
    public string Fill(Chance chance, Slots slots)
    {
        var text = new StringBuilder();
        Fill(parts, text, chance, slots);
        return text.ToString();
    }

    public bool Has(string slot) => Slotted(parts).Contains(slot);

    static void Fill(List<Part> parts, StringBuilder text, Chance chance, Slots slots)
    {
        foreach (var part in parts)
            switch (part)
            {
                case WordsPart words:
                    text.Append(words.Text);
                    break;
                case SlotPart slot:
                    text.Append(slots(slot.Name).Text);
                    break;
                case AgreeingPart agreeing:
                    Fill(slots(agreeing.Name).IsFeminine ? agreeing.Feminine : agreeing.Masculine, text, chance, slots);
                    break;
                case ChoicePart choice:
                    Fill(chance.Pick(choice.Branches), text, chance, slots);
                    break;
            }
    }

    static int Count(List<Part> parts) =>
        parts.OfType<ChoicePart>().Aggregate(1, (product, choice) => product * choice.Branches.Sum(Count));

    static IEnumerable<string> Slotted(List<Part> parts) => parts.SelectMany(part => part switch
    {
        SlotPart slot => [slot.Name],
        AgreeingPart agreeing => Slotted(agreeing.Masculine).Concat(Slotted(agreeing.Feminine)).Append(agreeing.Name),
        ChoicePart choice => choice.Branches.SelectMany(Slotted),
        _ => Enumerable.Empty<string>(),
    });
}
