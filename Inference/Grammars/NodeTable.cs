// Makes expressions so that equal ones are one object, in a form that keeps them few: sequences lean to the right, alternations are flat,
// sorted and without doubles. This makes states of a parser comparable. Knows no grammar's notation.
using Majlis.Inference.Grammars.Distinct;

namespace Majlis.Inference.Grammars;

/// <summary>Not thread-safe.</summary>
sealed class NodeTable
{
    readonly HashSet<Node> nodes = new(new SameShape());
    readonly HashSet<Node>.AlternateLookup<(Node First, Node Behind)> pairs;
    readonly List<Node> kept = [];
    readonly List<RuleNode> rules = [];
    readonly NodeLimits limits = new();
    int ids;
    int version;
    bool isSettled;

    public NodeTable()
    {
        pairs = nodes.GetAlternateLookup<(Node First, Node Behind)>();
        (Nothing, Empty) = (Add(new NothingNode()), Add(new EmptyNode()));
        AnyBytes = Repeat(Bytes(ByteSet.All), 0, null);
    }

    public Node Nothing { get; }

    public Node Empty { get; }

    public Node AnyBytes { get; }

    public IReadOnlyList<RuleNode> Rules => rules;

    /// <summary>The memory that the expressions take, about. Any thread may ask.</summary>
    public long MemoryBytes => limits.MemoryBytes;

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
        if (first is not SequenceNode) return Pair(first, rest);
        var heads = new Stack<Node>();
        for (; first is SequenceNode sequence; first = sequence.Rest) heads.Push(sequence.First);
        for (heads.Push(first); heads.TryPop(out var head);) rest = Pair(head, rest);
        return rest;
    }

    // Most are known: nothing is made to find them.
    Node Pair(Node first, Node rest)
    {
        limits.Look();
        return pairs.TryGetValue((first, rest), out var known) ? known : New(new SequenceNode(first, rest), 0);
    }

    public Node Alternation(IEnumerable<Node> options) => Alternation([.. options]);

    public Node Alternation(params ReadOnlySpan<Node> options)
    {
        if (Single(options) is { } single) return single;
        var parts = new List<Node>(options.Length);
        var bytes = default(ByteSet);
        foreach (var option in options)
            foreach (var part in option is AlternationNode alternation ? alternation.Parts.AsSpan() : new(in option))
            {
                limits.Look();
                if (part == AnyBytes) return AnyBytes;
                if (part is BytesNode one) bytes |= one.Set;
                else if (part != Nothing) parts.Add(part);
            }
        if (!bytes.IsEmpty) parts.Add(Bytes(bytes));
        if (RepeatRanges.Unite(this, parts) && parts.Contains(AnyBytes)) return AnyBytes;
        Order(parts);
        NodeLimits.CheckAlternatives(parts.Count);
        return parts.Count switch
        {
            0 => Nothing,
            1 => parts[0],
            _ => Add(new AlternationNode([.. parts]), parts.Count),
        };
    }

    /// <summary>The only option that has texts; null where there are several.</summary>
    Node? Single(ReadOnlySpan<Node> options)
    {
        var single = Nothing;
        foreach (var option in options)
            if (single == Nothing) single = option;
            else if (option != Nothing && option != single) return null;
        limits.Look();
        return single;
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

    public Node Both(IEnumerable<Node> all) => Both([.. all]);

    /// <summary>The texts of all parts; whether there is any is for <see cref="Liveness"/> to say.</summary>
    public Node Both(params ReadOnlySpan<Node> all)
    {
        var parts = new List<Node>(all.Length);
        foreach (var one in all)
            foreach (var part in one is BothNode both ? both.Parts.AsSpan() : new(in one))
            {
                limits.Look();
                if (part == Nothing) return Nothing;
                if (part != AnyBytes) parts.Add(part);
            }
        Order(parts);
        return parts.Count switch
        {
            0 => AnyBytes,
            1 => parts[0],
            _ => Add(new BothNode([.. parts]), parts.Count),
        };
    }

    static void Order(List<Node> parts)
    {
        if (parts.Count < 2) return;
        parts.Sort((one, other) => one.Id.CompareTo(other.Id));
        var count = 1;
        for (var i = 1; i < parts.Count; i++)
            if (parts[i] != parts[i - 1]) parts[count++] = parts[i];
        parts.RemoveRange(count, parts.Count - count);
    }

    public Node Not(Node part) => part == Nothing ? AnyBytes : part == AnyBytes ? Nothing
        : part is NotNode not ? not.Part : Add(new NotNode(part));

    public Node Multiple(int modulus, int scale, int remainder = 0, int fraction = -1) =>
        Add(new MultipleNode(modulus, scale, remainder, fraction));

    /// <summary>A new rule without a body.</summary>
    public RuleNode Rule(string? place = null)
    {
        var rule = new RuleNode(rules.Count, place);
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

    /// <summary>What <see cref="Keep"/> has kept.</summary>
    public IReadOnlyCollection<Node> Kept => kept;

    /// <summary>The expressions made so far are kept for good. States come now, which have a limit of their own.</summary>
    public void Keep()
    {
        kept.AddRange(nodes);
        limits.Keep();
    }

    /// <summary>
    /// The next token is looked for, or a text read: work is counted anew, and states are forgotten where there are too many. Those in use
    /// stay valid, and are found anew.
    /// </summary>
    public void BeginWork()
    {
        if (limits.BeginWork()) return;
        // Masks and sequences hold some of them still: what followed those goes.
        foreach (var node in nodes) node.Followers.Clear();
        nodes.Clear();
        nodes.UnionWith(kept);
        version++;
    }

    /// <summary>Parts looked at since <see cref="BeginWork"/>.</summary>
    public int Worked => limits.Worked;

    /// <summary>What follows the byte after a state, as far as it was asked for and still holds.</summary>
    public Node? Follower(Node state, byte value) => state.Followers.Get(Classes.Of(value), version);

    /// <summary>Remembers what follows.</summary>
    public void Follow(Node state, byte value, Node next) =>
        limits.AddFollowers(state.Followers.Set(Classes.Of(value), next, version, Classes.Count));

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
    public Node Distinct(DistinctList list) =>
        list.Most < list.Least ? Nothing : Alternation(list.At(0).Select((_, option) => Distinct(list, option)).ToList());

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
        limits.Look();
        return nodes.TryGetValue(node, out var known) ? known : New(node, parts);
    }

    Node New(Node node, int parts)
    {
        limits.Add(1 + parts);
        node.Id = ids++;
        nodes.Add(node);
        if (isSettled || node.IsRegular) _ = node.IsNullable;
        return node;
    }
}
