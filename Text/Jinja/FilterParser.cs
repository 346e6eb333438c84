// Filters and tests after a value, and whether an unknown one is an error at parse time.
namespace Majlis.Text.Jinja;

sealed class FilterParser(TokenReader tokens, TemplateFacts facts, OperandParser operands)
{
    bool soft;
    int depth;

    /// <summary>The first unknown name of the current expression: an error, unless it turns out to stand in a conditional branch.</summary>
    public JinjaException? Unknown { get; set; }

    /// <summary>Parses a branch: an unknown filter or test in it is an error only when it runs.</summary>
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

    /// <summary>A whole expression; the end of the outermost one throws if a name is still unknown.</summary>
    public Expression Whole(Func<Expression> parse)
    {
        depth++;
        var result = parse();
        return --depth > 0 || Unknown is null ? result : throw Unknown;
    }

    void Refuse(string kind, string name, int line)
    {
        if (soft) return;
        Unknown ??= new JinjaException("TemplateAssertionError", $"No {kind} named {PythonText.Repr(name)}.", line);
        if (depth == 0) throw Unknown;
    }

    public Expression FiltersAndTests(Expression value)
    {
        while (true)
        {
            if (tokens.Current.IsOperator("|")) value = Chain(value);
            else if (tokens.SkipName("is")) value = Test(value);
            else if (tokens.Current.IsOperator("(")) value = operands.CallOf(value);
            else return value;
        }
    }

    /// <summary>A chain of filters on a value; where the value is null, on a block's text.</summary>
    public Expression Chain(Expression? value, bool startsInline = false)
    {
        var line = tokens.Current.Line;
        while (startsInline || tokens.SkipOperator("|"))
        {
            startsInline = false;
            var name = DottedName();
            facts.Filters.Add(name);
            var arguments = tokens.Current.IsOperator("(") ? operands.Arguments() : ArgumentList.Empty;
            if (!Filters.Exists(name)) Refuse("filter", name, line);
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
        if (tokens.Current.IsOperator("(")) arguments = operands.Arguments();
        else if (BeginsOperand(tokens.Current))
        {
            if (tokens.Current.IsName("is")) throw JinjaException.Syntax("You cannot chain multiple tests with is", line);
            arguments = ArgumentList.Empty with { Positional = [operands.Postfix(operands.Primary())] };
        }
        if (!TestFunctions.Exists(name)) Refuse("test", name, line);
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
}
