// An expression without its upper bounds: it has all of its texts and more, and far fewer states. So what has no text without its bounds
// has none with them. Knows no states.
namespace Majlis.Inference.Grammars;

static class Boundless
{
    // How deep bounds are looked for.
    const int Deepest = 16;

    public static Node Of(NodeTable table, Node node, int depth = Deepest) => depth == 0 ? node : node switch
    {
        SequenceNode sequence => table.Sequence(Of(table, sequence.First, depth - 1), Of(table, sequence.Rest, depth - 1)),
        AlternationNode alternation => table.Alternation(alternation.Parts.Select(part => Of(table, part, depth - 1))),
        BothNode both => table.Both(both.Parts.Select(part => Of(table, part, depth - 1))),
        RepeatNode repeat => table.Repeat(Of(table, repeat.Part, depth - 1), repeat.Least, null),
        // Without its bounds, what must not be would be more.
        _ => node,
    };
}
