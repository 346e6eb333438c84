// A list whose entries differ in their keys: items of an array, or properties of an object by their names. A state of it is the place in
// one key, with what was written of that key and the keys before. Knows no byte's meaning.
namespace Majlis.Inference.Grammars.Distinct;

/// <param name="list">The whole list.</param>
/// <param name="index">Of this entry.</param>
/// <param name="option">Which of the entry's alternatives.</param>
/// <param name="key">What remains of the entry's key.</param>
/// <param name="written">What was written of the key.</param>
/// <param name="before">The keys of the entries before.</param>
/// <param name="rivals">Those of them that begin with what was written.</param>
sealed class DistinctNode(DistinctList list, int index, int option, Node key, WrittenKey written, EarlierKeys before, byte[][] rivals)
    : Node(HashCode.Combine(11, key.Id, index, option, written.Shape), Beginning.Any, isRegular: false, isFinite: false)
{
    public DistinctList List => list;
    public int Index => index;
    public int Option => option;
    public Node Key => key;
    public WrittenKey Written => written;
    public EarlierKeys Before => before;
    public byte[][] Rivals => rivals;

    /// <summary>What follows the key, once it was asked for.</summary>
    public Node? Behind { get; set; }

    /// <summary>The key may end here: no entry before has it.</summary>
    public bool IsWhole => !written.IsEmpty && key.IsNullable && !before.Contains(written);

    public override bool Is(Node other) => other is DistinctNode node && node.List == list && node.Before == before
        && node.Key == key && (node.Index, node.Option) == (index, option) && node.Written.Equals(written);

    protected override bool HasEmpty() => list.MayEndAfter(index, option) && IsWhole;
}

/// <param name="place">Of what wants entries to differ, for messages.</param>
/// <param name="options">
/// For each index the alternatives of an entry, each a key that is not empty and what stands behind it; the last ones for all further
/// entries, too.
/// </param>
/// <param name="least">Entries at least; 1 or more.</param>
/// <param name="most">Null is without a bound.</param>
/// <param name="isJson">Keys are JSON values, and equal where those are; otherwise where their bytes are.</param>
sealed class DistinctList(string place, IReadOnlyList<(Node Key, Node Behind)[]> options, Node comma, int least, int? most, bool isJson)
{
    public string Place => place;

    public int Least => least;

    public Node Comma => comma;

    public int? Most => most;

    public bool IsJson => isJson;

    /// <summary>From so many entries on, all have the same alternatives.</summary>
    public int Alternatives => options.Count;

    public (Node Key, Node Behind)[] At(int index) => options[Math.Min(index, options.Count - 1)];

    public bool MayEndAfter(int index, int option) => index + 1 >= least && At(index)[option].Behind is EmptyNode;

    public bool MayEnd(int count) => count >= least;

    /// <summary>For each of the entries that must be there, or differ in what they may be, some alternative holds.</summary>
    public bool Needs(Func<Node, bool> holds) => Enumerable.Range(0, Math.Max(1, Math.Min(least, options.Count)))
        .All(index => At(index).Any(one => holds(one.Key) && holds(one.Behind)));

    /// <summary>The list with other expressions for its parts; alternatives without any text stay.</summary>
    public DistinctList With(Func<Node, Node> part) =>
        new(place, [.. options.Select(some => some.Select(one => (part(one.Key), part(one.Behind))).ToArray())], part(comma), least, most,
            isJson);
}
