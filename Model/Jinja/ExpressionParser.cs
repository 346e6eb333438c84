// Expressions, in Jinja2's order of precedence: condition, or, and, not, comparison, sum, ~, product, power, sign, postfix, filter.
using System.Runtime.CompilerServices;

namespace Majlis.Model.Jinja;

sealed class ExpressionParser(TokenReader tokens, TemplateFacts facts)
{
    bool soft;

    public TemplateFacts Facts => facts;

    /// <summary>Inside branches an unknown filter or test is an error only when it is reached.</summary>
    public T Soft<T>(Func<T> parse) => Within(true, parse);

    public T Hard<T>(Func<T> parse) => Within(false, parse);

    T Within<T>(bool mode, Func<T> parse)
    {
        var outer = soft;
        soft = mode;
        var result = parse();
        soft = outer;
        return result;
    }

    public Expression Expression(bool conditional = true) => conditional ? Condition() : Or();

    Expression Condition()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var value = Or();
        while (tokens.SkipName("if"))
        {
            var test = Or();
            value = new Conditional(test, value, tokens.SkipName("else") ? Condition() : null);
        }
        return value;
    }

    Expression Or()
    {
        var left = And();
        while (tokens.SkipName("or")) left = new Either(left, And());
        return left;
    }

    Expression And()
    {
        var left = Negation();
        while (tokens.SkipName("and")) left = new Both(left, Negation());
        return left;
    }

    Expression Negation()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return tokens.SkipName("not") ? new Not(Negation()) : Compare();
    }

    Expression Compare()
    {
        var first = Sum();
        var rest = new List<(string, Expression)>();
        while (CompareOperator() is { } operation)
        {
            if (rest.Count == 0) facts.Seek(first);
            var right = Sum();
            facts.Seek(right);
            rest.Add((operation, right));
        }
        return rest.Count == 0 ? first : new Comparison(first, rest);
    }

    string? CompareOperator()
    {
        if (tokens.SkipName("in")) return "in";
        if (tokens.Current.IsName("not") && tokens.Ahead.IsName("in"))
        {
            tokens.Next();
            tokens.Next();
            return "not in";
        }
        return tokens.Current is { Kind: TokenKind.Operator, Text: "==" or "!=" or "<" or "<=" or ">" or ">=" } ? tokens.Next().Text : null;
    }

    Expression Sum() => LeftToRight(Concatenated, "+", "-");

    Expression Concatenated()
    {
        var parts = new List<Expression> { Product() };
        while (tokens.SkipOperator("~")) parts.Add(Product());
        return parts.Count == 1 ? parts[0] : new Concatenation(parts);
    }

    Expression Product() => LeftToRight(Power, "*", "/", "//", "%");

    Expression Power() => LeftToRight(() => Unary(), "**");

    Expression LeftToRight(Func<Expression> operand, params ReadOnlySpan<string> operators)
    {
        var left = operand();
        while (tokens.Current.Kind == TokenKind.Operator && operators.Contains(tokens.Current.Text))
            left = new Binary(tokens.Next().Text, left, operand());
        return left;
    }

    Expression Unary(bool withFilter = true)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var value = tokens.SkipOperator("-") ? new Signed(negative: true, Unary(withFilter: false))
            : tokens.SkipOperator("+") ? new Signed(negative: false, Unary(withFilter: false))
            : Primary();
        value = Postfix(value);
        return withFilter ? FiltersAndTests(value) : value;
    }

    Expression Primary()
    {
        var token = tokens.Next();
        if (token.Kind == TokenKind.Name) return NameOrConstant(token.Text);
        if (token.Kind == TokenKind.Number) return new Constant(token.Value);
        if (token.Kind == TokenKind.String) return Strings(token.Text);
        if (token.IsOperator("(")) return Closed(Tuple(explicitParentheses: true), ")");
        if (token.IsOperator("[")) return new ListLiteral(Items("]", () => Expression()));
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
        var key = Expression();
        tokens.ExpectOperator(":");
        return (key, Expression());
    }

    /// <summary>An expression, or several parted by commas as a tuple; ends before a tag's end, a bracket or the name given.</summary>
    public Expression Tuple(bool conditional = true, string? endName = null, bool explicitParentheses = false)
    {
        var items = new List<Expression>();
        var isTuple = false;
        while (true)
        {
            if (items.Count > 0) tokens.ExpectOperator(",");
            if (AtTupleEnd(endName)) break;
            items.Add(Expression(conditional));
            if (!tokens.Current.IsOperator(",")) break;
            isTuple = true;
        }
        if (!isTuple && items.Count == 1) return items[0];
        if (!isTuple && !explicitParentheses)
            throw JinjaException.Syntax($"Expected an expression, got '{tokens.Current.Description}'", tokens.Current.Line);
        return new TupleLiteral(items);
    }

    bool AtTupleEnd(string? endName) => tokens.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd
        || tokens.Current.IsOperator(")") || (endName is not null && tokens.Current.IsName(endName));

    Expression Postfix(Expression value)
    {
        while (true)
        {
            if (tokens.SkipOperator(".")) value = Dotted(value);
            else if (tokens.SkipOperator("[")) value = Subscripted(value);
            else if (tokens.Current.IsOperator("(")) value = CallOf(value);
            else return value;
        }
    }

    Call CallOf(Expression target)
    {
        var arguments = Arguments();
        // "x".split(...), startswith, replace and the like look for what they are given.
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
        var start = tokens.Current.IsOperator(":") ? null : Expression();
        if (!tokens.SkipOperator(":")) return start!;
        var stop = SlicePart();
        return new SliceRange(start, stop, tokens.SkipOperator(":") ? SlicePart() : null);
    }

    Expression? SlicePart() => tokens.Current is { Kind: TokenKind.Operator, Text: ":" or "]" or "," } ? null : Expression();

    ArgumentList Arguments()
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
            if (tokens.SkipOperator("**")) doubleStar = Expression();
            else if (tokens.SkipOperator("*")) star = star is null ? Expression() : throw InvalidCall(line);
            else if (tokens.Current.Kind == TokenKind.Name && tokens.Ahead.IsOperator("=")) named.Add(NamedArgument());
            else positional.Add(star is null && named.Count == 0 ? Expression() : throw InvalidCall(line));
        }
        tokens.Next();
        return new ArgumentList(positional, named, star, doubleStar);
    }

    (string, Expression) NamedArgument()
    {
        var name = tokens.Next().Text;
        tokens.Next();
        return (name, Expression());
    }

    static JinjaException InvalidCall(int line) => JinjaException.Syntax("invalid syntax for function call expression", line);

    Expression FiltersAndTests(Expression value)
    {
        while (true)
        {
            if (tokens.Current.IsOperator("|")) value = Filters(value);
            else if (tokens.SkipName("is")) value = Test(value);
            else if (tokens.Current.IsOperator("(")) value = CallOf(value);
            else return value;
        }
    }

    /// <summary>A chain of filters on a value, or on the text of a block where it is null.</summary>
    public Expression Filters(Expression? value, bool startsInline = false)
    {
        var line = tokens.Current.Line;
        while (startsInline || tokens.SkipOperator("|"))
        {
            startsInline = false;
            var name = DottedName();
            var arguments = tokens.Current.IsOperator("(") ? Arguments() : ArgumentList.Empty;
            if (!soft && !Jinja.Filters.Exists(name))
                throw new JinjaException("TemplateAssertionError", $"No filter named {PythonText.Repr(name)}.", line);
            foreach (var argument in arguments.Positional) facts.Seek(argument);
            value = new FilterCall(value, name, arguments);
        }
        return value!;
    }

    string DottedName()
    {
        var name = tokens.Expect(TokenKind.Name).Text;
        while (tokens.SkipOperator(".")) name += "." + tokens.Expect(TokenKind.Name).Text;
        return name;
    }

    Expression Test(Expression value)
    {
        var negated = tokens.SkipName("not");
        var line = tokens.Current.Line;
        var name = DottedName();
        var arguments = ArgumentList.Empty;
        if (tokens.Current.IsOperator("(")) arguments = Arguments();
        else if (BeginsOperand(tokens.Current))
        {
            if (tokens.Current.IsName("is")) throw JinjaException.Syntax("You cannot chain multiple tests with is", line);
            arguments = ArgumentList.Empty with { Positional = [Postfix(Primary())] };
        }
        if (!soft && !Tests.Exists(name))
            throw new JinjaException("TemplateAssertionError", $"No test named {PythonText.Repr(name)}.", line);
        foreach (var argument in arguments.Positional) facts.Seek(argument);
        Expression test = new TestCall(value, name, arguments);
        return negated ? new Not(test) : test;
    }

    static bool BeginsOperand(Token token) => token.Kind switch
    {
        TokenKind.Name => token.Text is not ("else" or "or" or "and"),
        TokenKind.String or TokenKind.Number => true,
        _ => token is { Kind: TokenKind.Operator, Text: "[" or "{" },
    };

    public Signature Signature()
    {
        tokens.ExpectOperator("(");
        var names = new List<string>();
        var defaults = new List<Expression>();
        while (!tokens.Current.IsOperator(")"))
        {
            if (names.Count > 0) tokens.ExpectOperator(",");
            names.Add(tokens.Expect(TokenKind.Name).Text);
            if (tokens.SkipOperator("=")) defaults.Add(Expression());
            else if (defaults.Count > 0) throw JinjaException.Syntax("non-default argument follows default argument", tokens.Current.Line);
        }
        tokens.Next();
        return new Signature(names, defaults);
    }

    /// <summary>What may stand left of `=` or `in`: a name, a namespace's attribute, or several as a tuple.</summary>
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
