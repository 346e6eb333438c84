// Rewrites rules that begin with themselves, which would be entered without end: A = A x | y becomes A = y x*, after the rules before it
// were put into it (Paull's algorithm). Needs settled nullability. Knows no notation.
using System.Runtime.CompilerServices;

namespace Majlis.Inference.Grammars;

sealed class LeftRecursion(NodeTable table)
{
    readonly Dictionary<RuleNode, HashSet<RuleNode>> firsts = [];

    /// <exception cref="GrammarException">The rules are too entangled.</exception>
    public void Remove()
    {
        var circular = Circular();
        for (var i = 0; i < circular.Count; i++)
        {
            var rule = circular[i];
            for (var j = 0; j < i; j++)
            {
                var (tails, others) = Split(rule.Body!, circular[j]);
                rule.Body = table.Alternation(others, table.Sequence(circular[j].Body!, tails));
            }
            var (repeated, first) = Split(rule.Body!, rule);
            rule.Body = table.Sequence(first, table.Repeat(repeated, 0, null));
        }
    }

    /// <summary>Rules of which no other rule is left to begin with go first; those that stay lead to a circle, or are in one.</summary>
    List<RuleNode> Circular()
    {
        var left = table.Rules.ToDictionary(rule => rule, rule => Firsts(rule).Count);
        var callers = table.Rules.SelectMany(rule => Firsts(rule).Select(first => (First: first, Rule: rule)))
            .ToLookup(call => call.First, call => call.Rule);
        var open = new Stack<RuleNode>(table.Rules.Where(rule => left[rule] == 0));
        while (open.TryPop(out var done))
        {
            left.Remove(done);
            foreach (var caller in callers[done])
                if (--left[caller] == 0) open.Push(caller);
        }
        return [.. table.Rules.Where(rule => left.ContainsKey(rule) && ReachesItself(rule))];
    }

    bool ReachesItself(RuleNode rule)
    {
        var reached = new HashSet<RuleNode>();
        var open = new Stack<RuleNode>([rule]);
        while (open.TryPop(out var from))
            foreach (var next in Firsts(from))
            {
                if (next == rule) return true;
                if (reached.Add(next)) open.Push(next);
            }
        return false;
    }

    HashSet<RuleNode> Firsts(RuleNode rule)
    {
        if (firsts.TryGetValue(rule, out var known)) return known;
        Collect(rule.Body!, firsts[rule] = []);
        return firsts[rule];
    }

    /// <summary>The rules with which a text of the expression may begin.</summary>
    static void Collect(Node node, HashSet<RuleNode> into)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (node.IsRegular) return;
        for (; node is SequenceNode sequence; node = sequence.Rest)
        {
            Collect(sequence.First, into);
            if (!sequence.First.IsNullable) return;
        }
        if (node is RuleNode rule) into.Add(rule);
        else if (node is RepeatNode repeat) Collect(repeat.Part, into);
        else if (node is AlternationNode alternation)
            foreach (var part in alternation.Parts) Collect(part, into);
    }

    /// <summary>The expression as rule · tails | others, where no text of the others begins with the rule.</summary>
    (Node Tails, Node Others) Split(Node node, RuleNode rule)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var begins = new HashSet<RuleNode>();
        Collect(node, begins);
        if (!begins.Contains(rule)) return (table.Nothing, node);
        switch (node)
        {
            case SequenceNode sequence:
                var (tails, others) = Split(sequence.First, rule);
                (tails, others) = (table.Sequence(tails, sequence.Rest), table.Sequence(others, sequence.Rest));
                if (!sequence.First.IsNullable) return (tails, others);
                // What may be empty is taken as not empty, and as absent.
                var (laterTails, laterOthers) = Split(sequence.Rest, rule);
                var begun = Split(NotEmpty(sequence.First), rule).Others;
                return (table.Alternation(tails, laterTails),
                    table.Alternation(table.Sequence(begun, sequence.Rest), laterOthers));
            case AlternationNode alternation:
                var parts = alternation.Parts.Select(part => Split(part, rule)).ToList();
                return (table.Alternation(parts.Select(part => part.Tails)), table.Alternation(parts.Select(part => part.Others)));
            case RepeatNode repeat:
                var once = Split(Unrolled(repeat), rule);
                return repeat.IsNullable ? (once.Tails, table.Optional(once.Others)) : once;
            default:
                return (table.Empty, table.Nothing);
        }
    }

    Node Unrolled(RepeatNode repeat) =>
        table.Sequence(repeat.Part, table.Repeat(repeat.Part, Math.Max(0, repeat.Least - 1), repeat.Most - 1));

    Node NotEmpty(Node node)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return node switch
        {
            { IsNullable: false } => node,
            { IsRegular: true } => table.Both(node, table.Repeat(table.Bytes(ByteSet.All), 1, null)),
            RuleNode rule => NotEmpty(rule.Body!),
            SequenceNode sequence => table.Alternation(table.Sequence(NotEmpty(sequence.First), sequence.Rest), NotEmpty(sequence.Rest)),
            AlternationNode alternation => table.Alternation(alternation.Parts.Select(NotEmpty)),
            RepeatNode repeat => table.Sequence(NotEmpty(repeat.Part), table.Repeat(repeat.Part, 0, repeat.Most - 1)),
            _ => table.Nothing,
        };
    }
}
