// Examples cut to a row's length without a token lost: each for itself (TRL's bfd_split), or all one after another (TRL's wrapped).
// Knows no text.
namespace Majlis.Trainer.Supervised.Data;

public static class ExampleParts
{
    /// <summary>Longer examples become several, each of which begins anew.</summary>
    public static IEnumerable<Example> Split(IEnumerable<Example> examples, int room) => examples.SelectMany(example =>
        Enumerable.Range(0, (example.Tokens.Length + room - 1) / room).Select(part =>
        {
            var (from, to) = (part * room, Math.Min(example.Tokens.Length, (part + 1) * room));
            return example with { Tokens = example.Tokens[from..to], IsTarget = example.IsTarget[from..to] };
        }));

    /// <summary>Full rows, whatever ends and begins in them: a token sees all that is before it in its row.</summary>
    public static IEnumerable<Example> Wrap(IEnumerable<Example> examples, int room)
    {
        var (tokens, targets, first, last) = (new List<int>(), new List<bool>(), "", "");
        foreach (var example in examples)
            for (var at = 0; at < example.Tokens.Length;)
            {
                if (tokens.Count == 0) first = example.Place;
                var count = Math.Min(room - tokens.Count, example.Tokens.Length - at);
                tokens.AddRange(example.Tokens.AsSpan(at, count));
                targets.AddRange(example.IsTarget.AsSpan(at, count));
                (at, last) = (at + count, example.Place);
                if (tokens.Count == room) yield return Row();
            }
        if (tokens.Count > 0) yield return Row();

        Example Row()
        {
            var row = new Example([.. tokens], [.. targets], first == last ? first : $"{first} to {last}");
            tokens.Clear();
            targets.Clear();
            return row;
        }
    }
}
