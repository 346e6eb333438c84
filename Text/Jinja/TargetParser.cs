// Assignment targets: the names left of `=` and `in`, and a macro's parameters.
using System.Runtime.CompilerServices;

namespace Majlis.Text.Jinja;

sealed class TargetParser(TokenReader tokens, ExpressionParser expressions)
{
    public Signature Signature()
    {
        tokens.ExpectOperator("(");
        var names = new List<string>();
        var defaults = new List<Expression>();
        while (!tokens.Current.IsOperator(")"))
        {
            if (names.Count > 0) tokens.ExpectOperator(",");
            names.Add(tokens.Expect(TokenKind.Name).Text);
            if (tokens.SkipOperator("=")) defaults.Add(expressions.Expression());
            else if (defaults.Count > 0) throw JinjaException.Syntax("non-default argument follows default argument", tokens.Current.Line);
        }
        tokens.Next();
        return new Signature(names, defaults);
    }

    /// <summary>A target left of `=` or `in`: a name, a namespace's attribute, or a tuple of several.</summary>
    public Target Target(bool withNamespace)
    {
        var targets = new List<Target>();
        while (true)
        {
            targets.Add(SingleTarget(withNamespace));
            if (!tokens.SkipOperator(",")) return targets.Count == 1 ? targets[0] : new TupleTarget(targets);
            if (tokens.Current.Kind == TokenKind.BlockEnd || tokens.Current.IsName("in") || tokens.Current.IsOperator(")")
                || tokens.Current.IsOperator("="))
                return new TupleTarget(targets);
        }
    }

    Target SingleTarget(bool withNamespace)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (tokens.SkipOperator("("))
        {
            var inner = Target(withNamespace);
            tokens.ExpectOperator(")");
            return inner;
        }
        var token = tokens.Next();
        if (token.Kind != TokenKind.Name || token.Text is "true" or "True" or "false" or "False" or "none" or "None")
            throw JinjaException.Syntax($"can't assign to '{token.Description}'", token.Line);
        return withNamespace && tokens.SkipOperator(".") ? new NamespaceTarget(token.Text, tokens.Expect(TokenKind.Name).Text)
            : new NameTarget(token.Text);
    }
}
