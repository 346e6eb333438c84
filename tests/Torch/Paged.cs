// Replaces the engine in tests: keeps sequences' block tables over a network's cache and feeds them in chunks.
using System.Collections.Immutable;
using Majlis.Model;

namespace Majlis.tests.Torch;

/// <summary>Blocks are shuffled, so that nothing depends on their order; blocks behind a window are released, as in the engine.</summary>
sealed class Paged
{
    readonly INetwork network;
    readonly ImmutableArray<CacheGroup> groups;
    readonly List<Stack<int>> free = [];

    public Paged(INetwork network, int blocks = 64, int? shuffle = 5)
    {
        this.network = network;
        groups = network.Blueprint.CacheGroups;
        network.AllocateCache([.. groups.Select(_ => blocks)]);
        foreach (var _ in groups)
        {
            var order = Enumerable.Range(0, blocks).Reverse().ToArray();
            if (shuffle is { } seed) new Random(seed).Shuffle(order);
            free.Add(new Stack<int>(order));
        }
    }

    public bool IsDeterministic { get; init; }

    public sealed class Text(int groups)
    {
        public int Length { get; set; }
        public int Known { get; init; }
        public List<int>[] Tables { get; } = [.. Enumerable.Range(0, groups).Select(_ => new List<int>())];
    }

    /// <param name="known">The total number of tokens, where known in advance.</param>
    public Text Begin(int known = 0) => new(groups.Length) { Known = known };

    /// <summary>Runs new tokens of several sequences as one step.</summary>
    public ForwardResult Step(LogitRows rows, params (Text Text, int[] Tokens)[] work) =>
        Step(rows, Pooling.None, [.. work.Select(item => (item.Text, item.Tokens, -1))]);

    public ForwardResult Step(LogitRows rows, Pooling pooling, params (Text Text, int[] Tokens, int Adapter)[] work)
    {
        var spans = new List<SequenceSpan>();
        var (tokens, positions) = (new List<int>(), new List<int>());
        foreach (var (text, added, adapter) in work)
        {
            for (var g = 0; g < groups.Length; g++) Grow(text, g, text.Length + added.Length);
            spans.Add(new SequenceSpan(tokens.Count, added.Length, text.Length, [.. text.Tables.Select(table => table.ToImmutableArray())],
                adapter, text.Known));
            positions.AddRange(Enumerable.Range(text.Length, added.Length));
            tokens.AddRange(added);
            text.Length += added.Length;
        }
        return network.Forward(new ForwardBatch
        {
            Tokens = [.. tokens],
            Positions = [.. positions],
            Spans = [.. spans],
            Rows = rows,
            Pooling = pooling,
            IsDeterministic = IsDeterministic,
        });
    }

    void Grow(Text text, int g, int length)
    {
        var table = text.Tables[g];
        while (table.Count * network.BlockSize < length) table.Add(free[g].Pop());
        if (groups[g].Window is not { } window) return;
        for (var b = 0; (b + 1) * network.BlockSize <= text.Length - window + 1; b++)
        {
            if (table[b] < 0) continue;
            free[g].Push(table[b]);
            table[b] = -1;
        }
    }
}
