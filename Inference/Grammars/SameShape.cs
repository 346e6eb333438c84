// Which expressions are equal: those of one kind with the same parts. A sequence is found by its two parts, before it is made.
using System.Diagnostics.CodeAnalysis;

namespace Majlis.Inference.Grammars;

sealed class SameShape : IEqualityComparer<Node>, IAlternateEqualityComparer<(Node First, Node Behind), Node>
{
    public bool Equals((Node First, Node Behind) pair, Node node) =>
        node is SequenceNode sequence && sequence.First == pair.First && sequence.Rest == pair.Behind;

    public int GetHashCode((Node First, Node Behind) pair) => SequenceNode.Hash(pair.First, pair.Behind);

    public Node Create((Node First, Node Behind) pair) => new SequenceNode(pair.First, pair.Behind);

    public bool Equals(Node? one, Node? other) => one == other || one!.Shape == other!.Shape && one.Is(other);

    public int GetHashCode([DisallowNull] Node node) => node.Shape;
}
