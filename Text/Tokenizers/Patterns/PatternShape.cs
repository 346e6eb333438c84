// Static properties of a pattern's parts: fixed width, whether they can be empty, how they can begin.
namespace Majlis.Text.Tokenizers.Patterns;

static class PatternShape
{
    /// <summary>The number of code points it always consumes, or null if that varies.</summary>
    public static int? Width(PatternNode node) => node switch
    {
        OneNode => 1,
        SequenceNode sequence => sequence.Parts.Aggregate((int?)0, (sum, part) => sum + Width(part)),
        ChoiceNode choice => choice.Branches.Select(Width).Distinct().ToList() is [var same] ? same : null,
        RepeatNode repeat => repeat.Least == repeat.Most ? Width(repeat.Body) * repeat.Least : null,
        AtomicNode atomic => Width(atomic.Body),
        _ => 0,
    };

    public static bool CanBeEmpty(PatternNode node) => node switch
    {
        OneNode => false,
        SequenceNode sequence => sequence.Parts.All(CanBeEmpty),
        ChoiceNode choice => choice.Branches.Any(CanBeEmpty),
        RepeatNode repeat => repeat.Least == 0 || CanBeEmpty(repeat.Body),
        AtomicNode atomic => CanBeEmpty(atomic.Body),
        _ => true,
    };

    /// <summary>How a match can begin; any way if it can be empty.</summary>
    public static Beginnings Begins(PatternNode node)
    {
        if (CanBeEmpty(node)) return Beginnings.Anything;
        return node switch
        {
            OneNode one => Beginnings.Of(one.Set),
            SequenceNode sequence => BeginsSequence(sequence.Parts),
            ChoiceNode choice => choice.Branches.Select(Begins).Aggregate((a, b) => a.Or(b)),
            RepeatNode repeat => Begins(repeat.Body),
            AtomicNode atomic => Begins(atomic.Body),
            _ => Beginnings.Anything,
        };
    }

    static Beginnings BeginsSequence(IReadOnlyList<PatternNode> parts)
    {
        var begins = Begins(WithoutEmptiness(parts[0]));
        for (var i = 1; i < parts.Count && CanBeEmpty(parts[i - 1]); i++) begins = begins.Or(Begins(WithoutEmptiness(parts[i])));
        return begins;
    }

    static PatternNode WithoutEmptiness(PatternNode node) =>
        node is RepeatNode { Least: 0 } repeat && !CanBeEmpty(repeat.Body) ? repeat.Body : node;
}

/// <summary>The ASCII characters (128 bits) and the kinds beyond ASCII that a match can begin with.</summary>
readonly record struct Beginnings(ulong Low, ulong High, uint Kinds)
{
    public static Beginnings Anything { get; } = new(ulong.MaxValue, ulong.MaxValue, uint.MaxValue);

    public static Beginnings Of(CodePointSet set)
    {
        var (low, high, kinds) = (0ul, 0ul, 0u);
        for (var i = 0; i < 64; i++)
        {
            if (set.Contains(i)) low |= 1ul << i;
            if (set.Contains(i + 64)) high |= 1ul << i;
        }
        for (var kind = 0; kind < 31; kind++)
            if (set.MayContainKind(kind)) kinds |= 1u << kind;
        return new Beginnings(low, high, kinds);
    }

    public Beginnings Or(Beginnings other) => new(Low | other.Low, High | other.High, Kinds | other.Kinds);

    public bool Allows(int codePoint) => codePoint < 64 ? (Low >> codePoint & 1) != 0
        : codePoint < 128 ? (High >> codePoint & 1) != 0
        : (Kinds >> CodePointKinds.Of(codePoint) & 1) != 0;

    public bool AllowsKind(int kind) => (Kinds >> kind & 1) != 0;
}
