// Which rules may produce the empty text: the least fixed point over all rules. Knows no bytes.
namespace Majlis.Inference.Grammars;

static class Nullability
{
    public static void Settle(IReadOnlyList<RuleNode> rules)
    {
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var rule in rules)
                if (!rule.MayBeEmpty && MayBeEmpty(rule.Body!)) changed = rule.MayBeEmpty = true;
        }
    }

    // Asks no IsNullable of an expression with rules: it would be remembered before it is certain.
    static bool MayBeEmpty(Node node) => node switch
    {
        { IsRegular: true } => node.IsNullable,
        RuleNode rule => rule.MayBeEmpty,
        SequenceNode sequence => MayBeEmpty(sequence.First) && MayBeEmpty(sequence.Rest),
        AlternationNode alternation => alternation.Parts.Any(MayBeEmpty),
        RepeatNode repeat => repeat.Least == 0 || MayBeEmpty(repeat.Part),
        _ => false,
    };
}
