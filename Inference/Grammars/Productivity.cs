// Takes out what can never be completed: rules that call themselves without end, and conditions that exclude each other. Afterwards every
// state of a parser can still reach an end. Knows no notation.
namespace Majlis.Inference.Grammars;

sealed class Productivity(NodeTable table, Derivatives derivatives)
{
    readonly HashSet<RuleNode> productive = [];
    readonly Dictionary<Node, Node> pruned = [];

    /// <summary>The expression without dead parts; every rule likewise. <see cref="NodeTable.Nothing"/> where no text is left.</summary>
    public Node Prune(Node start)
    {
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var rule in table.Rules)
                if (!productive.Contains(rule) && HasText(rule.Body!)) changed = productive.Add(rule);
        }
        // Pruning makes no rules.
        foreach (var rule in table.Rules) rule.Body = Pruned(rule.Body!);
        return Pruned(start);
    }

    bool HasText(Node node) => node switch
    {
        RuleNode rule => productive.Contains(rule),
        SequenceNode sequence => HasText(sequence.First) && HasText(sequence.Rest),
        AlternationNode alternation => alternation.Parts.Any(HasText),
        RepeatNode repeat => repeat.Least == 0 || HasText(repeat.Part),
        _ => derivatives.IsLive(node),
    };

    Node Pruned(Node node)
    {
        if (pruned.TryGetValue(node, out var known)) return known;
        return pruned[node] = node switch
        {
            RuleNode rule => productive.Contains(rule) ? rule : table.Nothing,
            SequenceNode sequence => table.Sequence(Pruned(sequence.First), Pruned(sequence.Rest)),
            AlternationNode alternation => table.Alternation(alternation.Parts.Select(Pruned)),
            RepeatNode repeat => table.Repeat(Pruned(repeat.Part), repeat.Least, repeat.Most),
            _ => derivatives.IsLive(node) ? node : table.Nothing,
        };
    }
}
