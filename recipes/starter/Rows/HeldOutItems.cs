// The held-out items: made once from wordings, names and words that training never sees, and kept in held-out/items.jsonl.
using System.Text.Json;
using Majlis.recipes.starter.Grammar;
using Majlis.recipes.starter.Kinds;
using Majlis.recipes.starter.Kinds.Documents;
using Majlis.recipes.starter.Kinds.Instructions;

namespace Majlis.recipes.starter.Rows;

public static class HeldOutItems
{
    public const ulong Seed = 20240607;

    // Wordings of small kinds are few, so the search for new questions ends.
    const int MostTries = 2000;

    /// <summary>The committed items.</summary>
    public static List<Item> Read()
    {
        using var stream = typeof(HeldOutItems).Assembly.GetManifestResourceStream("items.jsonl")
            ?? throw new FileNotFoundException("recipes/starter/held-out/items.jsonl was not there when this was built.");
        using var lines = new StreamReader(stream);
        var items = new List<Item>();
        while (lines.ReadLine() is { } line) items.Add(JsonSerializer.Deserialize<Item>(line, JsonLines.Options)!);
        return items;
    }

    /// <summary>The items anew, in the file's order.</summary>
    public static IEnumerable<Item> Make() => Names.Languages.SelectMany(language => Kinds(language).SelectMany(kind => Different(kind)));

    static IEnumerable<(ITaskKind Kind, int Count)> Kinds(Language language) =>
    [
        (new DocumentTask(language, Split.HeldOut), 125),
        (new InstructionTask(language, Split.HeldOut), 60),
        (new ArithmeticTask(language, Split.HeldOut), 30),
        (new FactTask(language, Split.HeldOut), 25),
        (new DialogueTask(language, Split.HeldOut), 20),
    ];

    static IEnumerable<Item> Different((ITaskKind Kind, int Count) wanted) => Enumerable.Range(0, MostTries)
        .Select(index => wanted.Kind.Make(Chance.Of(Seed, index)) with { Wrong = [] })
        .DistinctBy(item => item.Question).Take(wanted.Count);
}
