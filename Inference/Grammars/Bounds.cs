// An expression without some of its upper bounds: it has all of its texts and more, and far fewer states. Knows no states.
namespace Majlis.Inference.Grammars;

static class Bounds
{
    // How deep bounds are looked for.
    const int Deepest = 16;

    /// <summary>The expression without the upper bounds of the repetitions that are named.</summary>
    public static Node Without(NodeTable table, Node node, Func<RepeatNode, bool> named, int depth = Deepest)
    {
        return depth == 0 || !node.HoldsBounds ? node : node switch
        {
            SequenceNode sequence => table.Sequence(Inner(sequence.First), Inner(sequence.Rest)),
            AlternationNode alternation => table.Alternation(alternation.Parts.Select(Inner)),
            BothNode both => table.Both(both.Parts.Select(Inner)),
            RepeatNode repeat => table.Repeat(Inner(repeat.Part), repeat.Least, named(repeat) ? null : repeat.Most),
            // Without its bounds, what must not be would be more.
            _ => node,
        };

        Node Inner(Node part) => Without(table, part, named, depth - 1);
    }
}
