// Takes out what can never be completed: rules that call themselves without end, and conditions that exclude each other. Afterwards every
// state of a parser can still reach an end. Knows no notation.
using System.Runtime.CompilerServices;
using Majlis.Inference.Grammars.Distinct;

namespace Majlis.Inference.Grammars;

sealed class Productivity(NodeTable table, Derivatives derivatives)
{
    readonly HashSet<RuleNode> productive = [];
    // Of one pass over the rules: what is not productive yet may be in the next.
    readonly Dictionary<Node, bool> found = [];
    readonly Dictionary<Node, Node> pruned = [];
    readonly Dictionary<DistinctList, DistinctList> lists = [];

    /// <summary>The lists whose entries differ, without dead parts.</summary>
    public IEnumerable<DistinctList> Lists => lists.Values;

    /// <summary>Where the innermost rule stands that leaves no text, once pruning has found that; null where that is not known.</summary>
    public string? Fault { get; private set; }

    /// <summary>The expression without dead parts; every rule likewise. <see cref="NodeTable.Nothing"/> where no text is left.</summary>
    public Node Prune(Node start)
    {
        for (var changed = true; changed;)
        {
            changed = false;
            found.Clear();
            foreach (var rule in table.Rules)
                if (!productive.Contains(rule) && HasText(rule.Body!)) changed = productive.Add(rule);
        }
        if (!HasText(start)) Fault = Place(start);
        // Pruning makes no rules.
        foreach (var rule in table.Rules) rule.Body = Pruned(rule.Body!);
        return Pruned(start);
    }

    // Of alternatives, none of which has a text, the last is as good as any.
    string? Place(Node node)
    {
        string? place = null;
        for (var seen = new HashSet<RuleNode>(); ;)
            switch (node)
            {
                case SequenceNode sequence:
                    node = HasText(sequence.First) ? sequence.Rest : sequence.First;
                    break;
                case RepeatNode repeat:
                    node = repeat.Part;
                    break;
                case AlternationNode { Parts: [.., var last] }:
                    node = last;
                    break;
                case RuleNode rule when seen.Add(rule):
                    (place, node) = (rule.Place ?? place, rule.Body!);
                    break;
                default:
                    return place;
            }
    }

    // Sequences are as long as texts, so they are walked and not descended.
    bool HasText(Node node)
    {
        for (; node is SequenceNode sequence; node = sequence.Rest)
            if (!HasText(sequence.First)) return false;
        if (node is RuleNode rule) return productive.Contains(rule);
        if (found.TryGetValue(node, out var known)) return known;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return found[node] = node switch
        {
            AlternationNode alternation => alternation.Parts.Any(HasText),
            RepeatNode repeat => repeat.Least == 0 || HasText(repeat.Part),
            DistinctNode entry => HasText(entry.Key) && HasText(entry.List.At(0)[entry.Option].Behind) && entry.List.Needs(HasText),
            _ => derivatives.IsLive(node),
        };
    }

    Node Pruned(Node node)
    {
        var heads = new Stack<SequenceNode>();
        for (; node is SequenceNode sequence && !pruned.ContainsKey(node); node = sequence.Rest) heads.Push(sequence);
        if (!pruned.TryGetValue(node, out var rest)) rest = pruned[node] = PrunedPart(node);
        while (heads.TryPop(out var head)) rest = pruned[head] = table.Sequence(Pruned(head.First), rest);
        return rest;
    }

    DistinctList Pruned(DistinctList list) => lists.TryGetValue(list, out var known) ? known : lists[list] = list.With(Pruned);

    Node PrunedPart(Node node)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return node switch
        {
            RuleNode rule => productive.Contains(rule) ? rule : table.Nothing,
            AlternationNode alternation => table.Alternation(alternation.Parts.Select(Pruned)),
            RepeatNode repeat => table.Repeat(Pruned(repeat.Part), repeat.Least, repeat.Most),
            DistinctNode entry when entry.List.Needs(HasText) => table.Distinct(Pruned(entry.List), entry.Option),
            DistinctNode => table.Nothing,
            _ => derivatives.IsLive(node) ? node : table.Nothing,
        };
    }
}
