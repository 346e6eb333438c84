// Makes expressions so that equal ones are one object, in a form that keeps them few: sequences lean to the right, alternations are flat,
// sorted and without doubles. This makes states of a parser comparable. Knows no grammar's notation.
using System.Diagnostics.CodeAnalysis;
using Majlis.Inference.Grammars.Distinct;

namespace Majlis.Inference.Grammars;

/// <summary>Not thread-safe.</summary>
sealed class NodeTable
{
    // A size counts expressions and, of several at once, their parts.

    /// <summary>The size from which on a grammar is refused.</summary>
    const int MostSize = 1 << 18;

    /// <summary>The size of the states that are kept for the next token; beyond it they are found anew.</summary>
    const int MostStates = 1 << 16;

    /// <summary>The size of the states that one token may add to them.</summary>
    const int MostNewStates = 1 << 18;

    /// <summary>The memory of what follows states that is kept for the next token, in bytes; beyond it, too, they are found anew.</summary>
    const long MostFollowerBytes = 1 << 26;

    /// <summary>Parts that are looked at to compile a grammar.</summary>
    const int MostCompilation = 1 << 24;

    /// <summary>Parts that are looked at to find which tokens may come next.</summary>
    const int MostWork = 1 << 21;

    const int MostAlternatives = 1 << 13;

    // About what an expression takes with its places in sets and lists.
    const int NodeBytes = 128;

    readonly HashSet<Node> nodes = new(new SameShape());
    readonly List<Node> kept = [];
    readonly List<RuleNode> rules = [];
    int size, keptSize;
    int most = MostSize;
    int work = MostCompilation;
    int ids;
    int version;
    long followerBytes;
    bool isSettled;

    public NodeTable()
    {
        (Nothing, Empty) = (Add(new NothingNode()), Add(new EmptyNode()));
        AnyBytes = Repeat(Bytes(ByteSet.All), 0, null);
    }

    public Node Nothing { get; }

    public Node Empty { get; }

    public Node AnyBytes { get; }

    public IReadOnlyList<RuleNode> Rules => rules;

    /// <summary>The memory that the expressions take, about. Any thread may ask: a number that is a little old does no harm.</summary>
    public long MemoryBytes => (long)Volatile.Read(ref size) * NodeBytes + Volatile.Read(ref followerBytes);

    /// <summary>Bytes that no expression here tells apart.</summary>
    public ByteClasses Classes { get; } = new();

    public Node Bytes(ByteSet set)
    {
        if (set.IsEmpty) return Nothing;
        var count = nodes.Count;
        var node = Add(new BytesNode(set));
        if (nodes.Count > count && Classes.Refine(set)) version++;
        return node;
    }

    public Node Byte(byte value) => Bytes(ByteSet.Of(value));

    public Node Literal(ReadOnlySpan<byte> text)
    {
        var node = Empty;
        for (var i = text.Length - 1; i >= 0; i--) node = Sequence(Byte(text[i]), node);
        return node;
    }

    public Node Sequence(params ReadOnlySpan<Node> parts)
    {
        var node = Empty;
        for (var i = parts.Length - 1; i >= 0; i--) node = Sequence(parts[i], node);
        return node;
    }

    public Node Sequence(Node first, Node rest)
    {
        if (first == Nothing || rest == Nothing) return Nothing;
        if (first == Empty) return rest;
        if (rest == Empty) return first;
        var heads = new Stack<Node>();
        for (; first is SequenceNode sequence; first = sequence.Rest) heads.Push(sequence.First);
        for (heads.Push(first); heads.TryPop(out var head);) rest = Add(new SequenceNode(head, rest));
        return rest;
    }

    public Node Alternation(params IEnumerable<Node> options)
    {
        var parts = new SortedDictionary<int, Node>();
        var bytes = default(ByteSet);
        foreach (var option in options)
            foreach (var part in option is AlternationNode alternation ? alternation.Parts : [option])
            {
                Work();
                if (part is BytesNode one) bytes |= one.Set;
                else if (part != Nothing) parts.TryAdd(part.Id, part);
            }
        if (parts.ContainsKey(AnyBytes.Id)) return AnyBytes;
        if (!bytes.IsEmpty && Bytes(bytes) is var any) parts.TryAdd(any.Id, any);
        if (parts.Count > MostAlternatives)
            throw new GrammarException($"The grammar is too ambiguous: more than {MostAlternatives} ways to read one text.");
        return parts.Count switch
        {
            0 => Nothing,
            1 => parts.Values.First(),
            _ => Add(new AlternationNode([.. parts.Values]), parts.Count),
        };
    }

    public Node Optional(Node part) => Alternation(part, Empty);

    public Node Repeat(Node part, int least, int? most)
    {
        if (part == Empty || most == 0) return Empty;
        if (part == Nothing) return least == 0 ? Empty : Nothing;
        if (least == 1 && most == 1) return part;
        if (part is RepeatNode { Least: 0, Most: null } && least <= 1) return part;
        return Add(new RepeatNode(part, part.IsRegular && part.IsNullable ? 0 : least, most));
    }

    /// <summary>The texts of all parts; whether there is any is for <see cref="Liveness"/> to say.</summary>
    public Node Both(params IEnumerable<Node> all)
    {
        var parts = new SortedDictionary<int, Node>();
        foreach (var one in all)
            foreach (var part in one is BothNode both ? both.Parts : [one])
            {
                Work();
                if (part != AnyBytes) parts.TryAdd(part.Id, part);
            }
        if (parts.ContainsKey(Nothing.Id)) return Nothing;
        return parts.Count switch
        {
            0 => AnyBytes,
            1 => parts.Values.First(),
            _ => Add(new BothNode([.. parts.Values]), parts.Count),
        };
    }

    public Node Not(Node part) => part == Nothing ? AnyBytes : part == AnyBytes ? Nothing
        : part is NotNode not ? not.Part : Add(new NotNode(part));

    public Node Multiple(int modulus, int scale, int remainder = 0, int fraction = -1) =>
        Add(new MultipleNode(modulus, scale, remainder, fraction));

    /// <summary>A new rule without a body.</summary>
    public RuleNode Rule()
    {
        var rule = new RuleNode(rules.Count);
        Add(rule);
        rules.Add(rule);
        return rule;
    }

    /// <summary>It is known which rules may be empty, and so for every expression, made already or later.</summary>
    public void Settle()
    {
        isSettled = true;
        foreach (var node in nodes.OrderBy(node => node.Id)) _ = node.IsNullable;
    }

    /// <summary>The expressions made so far are kept for good. States come now, which have a limit of their own.</summary>
    public void Keep()
    {
        kept.AddRange(nodes);
        keptSize = size;
        most = size + MostStates + MostNewStates;
    }

    /// <summary>
    /// The next token is looked for, or a text read: work is counted anew, and states are forgotten where there are too many. Those in use
    /// stay valid, and are found anew.
    /// </summary>
    public void BeginWork()
    {
        work = MostWork;
        if (size < keptSize + MostStates && followerBytes < MostFollowerBytes) return;
        nodes.Clear();
        (size, followerBytes) = (keptSize, 0);
        foreach (var node in kept)
        {
            nodes.Add(node);
            node.Followers = null;
        }
        version++;
    }

    /// <summary>What follows each class of bytes after a state, as far as it was asked for and still holds.</summary>
    public Node?[] Followers(Node state)
    {
        if (state.Followers is { } known && state.FollowersVersion == version) return known;
        followerBytes += sizeof(long) * (Classes.Count - (state.Followers?.Length ?? 0));
        state.FollowersVersion = version;
        return state.Followers = new Node?[Classes.Count];
    }

    // What was written of a key is remembered byte by byte.
    void TellBytesApart()
    {
        var count = Classes.Count;
        for (var value = 0; value < 256 && Classes.Count < 256; value++) Classes.Refine(ByteSet.Of((byte)value));
        if (Classes.Count > count) version++;
    }

    public static int Hash(int kind, Node[] parts)
    {
        var hash = new HashCode();
        hash.Add(kind);
        foreach (var part in parts) hash.Add(part.Id);
        return hash.ToHashCode();
    }

    /// <summary>The entries of a list that differ, of which none is written yet.</summary>
    public Node Distinct(DistinctList list) => Alternation(list.At(0).Select((_, option) => Distinct(list, option)).ToList());

    /// <summary>The same where the first entry is one of its alternatives.</summary>
    public Node Distinct(DistinctList list, int option)
    {
        TellBytesApart();
        var (key, behind) = list.At(0)[option];
        return key == Nothing || behind == Nothing ? Nothing
            : Add(new DistinctNode(list, 0, option, key, WrittenKey.None, EarlierKeys.None(list.IsJson), []));
    }

    /// <summary>The expression, or the equal one that was made before.</summary>
    public Node Add(Node node, int parts = 0)
    {
        Work();
        if (nodes.TryGetValue(node, out var known)) return known;
        if ((size += 1 + parts) > most) throw new GrammarException($"The grammar is too large: more than {most} parts.");
        node.Id = ids++;
        nodes.Add(node);
        if (isSettled || node.IsRegular) _ = node.IsNullable;
        return node;
    }

    void Work()
    {
        if (--work < 0) throw new GrammarException("The grammar is too ambiguous: finding what may come next takes too many steps.");
    }

    sealed class SameShape : IEqualityComparer<Node>
    {
        public bool Equals(Node? one, Node? other) => one == other || one!.Shape == other!.Shape && one.Is(other);

        public int GetHashCode([DisallowNull] Node node) => node.Shape;
    }
}
