// Builds a BPE model's table of ids from merges, given as pairs of token texts in order of rank.
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Majlis.Text.Tokenizers.Models;

namespace Majlis.Text.Tokenizers;

public sealed class MergeListBuilder(ModelDefinition definition, int capacity)
{
    readonly ImmutableArray<(int, int)>.Builder list = ImmutableArray.CreateBuilder<(int, int)>(capacity);
    readonly MergeTable table = new(capacity);
    readonly int prefix = definition.ContinuingPrefix?.Length ?? 0;

    public int Count => list.Count;

    /// <summary>Adds the next merge; throws <paramref name="wrong"/> unless both parts and their whole are in the vocabulary.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<char> left, ReadOnlySpan<char> right, Func<string, Exception> wrong)
    {
        var length = left.Length + right.Length;
        Span<char> whole = length <= 256 ? stackalloc char[length] : new char[length];
        left.CopyTo(whole);
        var tail = right[Math.Min(prefix, right.Length)..];
        tail.CopyTo(whole[left.Length..]);
        whole = whole[..(left.Length + tail.Length)];
        if (!definition.Vocabulary.TryGetId(left, out var leftId)) throw wrong($"merges \"{left}\", which is not in the vocabulary");
        if (!definition.Vocabulary.TryGetId(right, out var rightId)) throw wrong($"merges \"{right}\", which is not in the vocabulary");
        if (!definition.Vocabulary.TryGetId(whole, out var id)) throw wrong($"makes \"{whole}\", which is not in the vocabulary");
        Add(leftId, rightId, id);
    }

    public void Add(int left, int right, int merged)
    {
        table.Add(left, right, list.Count, merged);
        list.Add((left, right));
    }

    public ModelDefinition Build() => definition with { MergeList = list.ToImmutable(), Merges = table };
}
