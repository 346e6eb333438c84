// Which rules may produce the empty text: the least fixed point over all rules. Knows no bytes.
using System.Runtime.CompilerServices;

namespace Majlis.Inference.Grammars;

static class Nullability
{
    public static void Settle(NodeTable table)
    {
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var rule in table.Rules)
                if (!rule.MayBeEmpty && MayBeEmpty(rule.Body!)) changed = rule.MayBeEmpty = true;
        }
        table.Settle();
    }

    // Asks no IsNullable of an expression with rules: it would be remembered before it is certain.
    static bool MayBeEmpty(Node node)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        for (; node is SequenceNode { IsRegular: false } sequence; node = sequence.Rest)
            if (!MayBeEmpty(sequence.First)) return false;
        return node switch
        {
            { IsRegular: true } => node.IsNullable,
            RuleNode rule => rule.MayBeEmpty,
            AlternationNode alternation => alternation.Parts.Any(MayBeEmpty),
            RepeatNode repeat => repeat.Least == 0 || MayBeEmpty(repeat.Part),
            _ => false,
        };
    }
}
