// Sums, differences and products of small numbers, bare and in a story; the working is shown where tens and units help.
using System.Globalization;
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;
using Majlis.recipes.starter.Words;

namespace Majlis.recipes.starter.Kinds;

public sealed class ArithmeticTask(Language language, Split split) : ITaskKind
{
    readonly World world = new(language, split);
    readonly Dictionary<string, Section> answers = Section.Shared("arithmetic", language).ToDictionary(section => section.Name);
    readonly List<Section> asks = Section.Of(split, "arithmetic", language);

    public string Name => "arithmetic";

    public Item Make(Chance chance)
    {
        var ask = chance.Pick(asks);
        var (a, b) = Numbers(ask.Name, chance);
        var (result, sign) = ask.Name switch { "plus" => (a + b, "+"), "minus" => (a - b, "-"), _ => (a * b, "×") };
        var equation = $"{a} {sign} {b} = {result}";
        var (noun, person) = (world.Noun("apple", chance), world.FirstName(chance));
        Term Slot(string name) => name switch
        {
            "a" => Text(a),
            "b" => Text(b),
            "c" => Text(result),
            "e" => equation,
            "an" => noun.Of(a),
            "bn" => noun.Of(b),
            "n" => noun.Accusative,
            "p" => person,
            _ => Steps(a, b),
        };
        var answer = answers[ask.Name];
        string Say(Section section, string key) => chance.Pick(section.Patterns(key)).Fill(chance, Slot);
        var working = ask.Name == "plus" && a > 9 && b > 9 ? Say(answers["steps"], "full") : Say(answer, "full");
        var wrong = result + chance.Pick([1, -1, 10, 2]);
        return new Item(Name, language, Say(ask, "ask"), [], Say(answer, "brief"), $"{working} {Say(answer, "more")}",
            new NumberCheck(result), [Text(wrong), $"{a} {sign} {b} = {wrong}."]);
    }

    /// <summary>Whether a pair of numbers is only for held-out items; products are a table to know by heart, so none is.</summary>
    public static bool IsHeldOut(int a, int b) => (a * 31 + b) % 10 == 3;

    (int A, int B) Numbers(string kind, Chance chance)
    {
        while (true)
        {
            var (a, b) = kind == "times" ? (chance.Between(3, 10), chance.Between(3, 10))
                : chance.Happens(0.5) ? (chance.Between(3, 20), chance.Between(3, 20)) : (chance.Between(10, 99), chance.Between(3, 99));
            if (kind == "minus" && a <= b) (a, b) = (b + 3, a);
            if (a > 99 || !CountedNoun.CanCount(a)) continue;
            if (kind == "times" || IsHeldOut(a, b) == (split == Split.HeldOut)) return (a, b);
        }
    }

    // 47 + 38: 7 + 8 = 15, 40 + 30 = 70, 70 + 15 = 85.
    string Steps(int a, int b)
    {
        var comma = language == Language.English ? "," : "،";
        var (units, tens) = (a % 10 + b % 10, a / 10 * 10 + b / 10 * 10);
        return $"{a % 10} + {b % 10} = {units}{comma} {a / 10 * 10} + {b / 10 * 10} = {tens}{comma} {tens} + {units} = {a + b}";
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
