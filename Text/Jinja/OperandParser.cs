// The operands: names, constants, literals, brackets, and what follows a value: members, subscripts, calls.
namespace Majlis.Text.Jinja;

sealed class OperandParser(TokenReader tokens, TemplateFacts facts, ExpressionParser whole)
{
    public Expression Primary()
    {
        var token = tokens.Next();
        if (token.Kind == TokenKind.Name) return NameOrConstant(token.Text);
        if (token.Kind == TokenKind.Number) return new Constant(token.Value);
        if (token.Kind == TokenKind.String) return Strings(token.Text);
        if (token.IsOperator("(")) return Closed(whole.Tuple(explicitParentheses: true), ")");
        if (token.IsOperator("[")) return new ListLiteral(Items("]", () => whole.Expression()));
        if (token.IsOperator("{")) return new DictLiteral(Items("}", Entry));
        throw JinjaException.Syntax($"unexpected '{token.Description}'", token.Line);
    }

    Expression NameOrConstant(string name)
    {
        if (name is "true" or "True") return new Constant(true);
        if (name is "false" or "False") return new Constant(false);
        if (name is "none" or "None") return new Constant(null);
        facts.Read(name);
        return new Name(name);
    }

    Constant Strings(string first)
    {
        var text = first;
        while (tokens.Current.Kind == TokenKind.String) text += tokens.Next().Text;
        facts.Texts.Add(text);
        return new Constant(text);
    }

    Expression Closed(Expression value, string close)
    {
        tokens.ExpectOperator(close);
        return value;
    }

    List<T> Items<T>(string close, Func<T> item)
    {
        var items = new List<T>();
        while (!tokens.Current.IsOperator(close))
        {
            if (items.Count > 0) tokens.ExpectOperator(",");
            if (tokens.Current.IsOperator(close)) break;
            items.Add(item());
        }
        tokens.Next();
        return items;
    }

    (Expression, Expression) Entry()
    {
        var key = whole.Expression();
        tokens.ExpectOperator(":");
        return (key, whole.Expression());
    }

    public Expression Postfix(Expression value)
    {
        while (true)
        {
            if (tokens.SkipOperator(".")) value = Dotted(value);
            else if (tokens.SkipOperator("[")) value = Subscripted(value);
            else if (tokens.Current.IsOperator("(")) value = CallOf(value);
            else return value;
        }
    }

    public Call CallOf(Expression target)
    {
        var arguments = Arguments();
        // The literal arguments of "x".split(...), startswith, replace and the like are texts that the template looks for.
        if (target is Member) foreach (var argument in arguments.Positional) facts.Seek(argument);
        return new Call(target, arguments);
    }

    Expression Dotted(Expression value)
    {
        var token = tokens.Next();
        if (token.Kind == TokenKind.Name)
        {
            facts.Members.Add(token.Text);
            return new Member(value, token.Text);
        }
        return token is { Kind: TokenKind.Number, Value: not double } ? new Subscript(value, new Constant(token.Value))
            : throw JinjaException.Syntax("expected name or number", token.Line);
    }

    Subscript Subscripted(Expression value)
    {
        var indices = Items("]", Index);
        return new Subscript(value, indices.Count == 1 ? indices[0] : new TupleLiteral(indices));
    }

    Expression Index()
    {
        var start = tokens.Current.IsOperator(":") ? null : whole.Expression();
        if (!tokens.SkipOperator(":")) return start!;
        var stop = SlicePart();
        return new SliceRange(start, stop, tokens.SkipOperator(":") ? SlicePart() : null);
    }

    Expression? SlicePart() => tokens.Current is { Kind: TokenKind.Operator, Text: ":" or "]" or "," } ? null : whole.Expression();

    public ArgumentList Arguments()
    {
        tokens.ExpectOperator("(");
        var line = tokens.Current.Line;
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        Expression? star = null, doubleStar = null;
        while (!tokens.Current.IsOperator(")"))
        {
            if (positional.Count + named.Count > 0 || star is not null || doubleStar is not null)
            {
                tokens.ExpectOperator(",");
                if (tokens.Current.IsOperator(")")) break;
            }
            if (doubleStar is not null) throw InvalidCall(line);
            if (tokens.SkipOperator("**")) doubleStar = whole.Expression();
            else if (tokens.SkipOperator("*")) star = star is null ? whole.Expression() : throw InvalidCall(line);
            else if (tokens.Current.Kind == TokenKind.Name && tokens.Ahead.IsOperator("=")) named.Add(NamedArgument());
            else positional.Add(star is null && named.Count == 0 ? whole.Expression() : throw InvalidCall(line));
        }
        tokens.Next();
        return new ArgumentList(positional, named, star, doubleStar);
    }

    (string, Expression) NamedArgument()
    {
        var name = tokens.Next().Text;
        tokens.Next();
        return (name, whole.Expression());
    }

    static JinjaException InvalidCall(int line) => JinjaException.Syntax("invalid syntax for function call expression", line);
}
