// Filters and tests behind a value, and whether an unknown one is an error at once.
namespace Majlis.Model.Jinja;

sealed class FilterParser(TokenReader tokens, TemplateFacts facts, OperandParser operands)
{
    bool soft;

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

    /// <summary>A chain of filters on a value, or on the text of a block where it is null.</summary>
    public Expression Chain(Expression? value, bool startsInline = false)
    {
        var line = tokens.Current.Line;
        while (startsInline || tokens.SkipOperator("|"))
        {
            startsInline = false;
            var name = DottedName();
            var arguments = tokens.Current.IsOperator("(") ? operands.Arguments() : ArgumentList.Empty;
            if (!soft && !Filters.Exists(name))
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
        if (tokens.Current.IsOperator("(")) arguments = operands.Arguments();
        else if (BeginsOperand(tokens.Current))
        {
            if (tokens.Current.IsName("is")) throw JinjaException.Syntax("You cannot chain multiple tests with is", line);
            arguments = ArgumentList.Empty with { Positional = [operands.Postfix(operands.Primary())] };
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
}
