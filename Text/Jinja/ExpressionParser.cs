// Expressions, in Jinja2's order of precedence: condition, or, and, not, comparison, sum, ~, product, power, sign.
// OperandParser and FilterParser read the operands.
using System.Runtime.CompilerServices;

namespace Majlis.Text.Jinja;

sealed class ExpressionParser
{
    readonly TokenReader tokens;
    readonly OperandParser operands;

    public ExpressionParser(TokenReader tokens, TemplateFacts facts)
    {
        (this.tokens, Facts) = (tokens, facts);
        operands = new OperandParser(tokens, facts, this);
        Filters = new FilterParser(tokens, facts, operands);
    }

    public TemplateFacts Facts { get; }

    public FilterParser Filters { get; }

    public Expression Expression(bool conditional = true) => Filters.Whole(conditional ? Condition : Or);

    Expression Condition()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var before = Filters.Unknown;
        var value = Or();
        while (tokens.SkipName("if"))
        {
            var test = Or();
            value = new Conditional(test, value, tokens.SkipName("else") ? Condition() : null);
            Filters.Unknown = before;
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
            if (rest.Count == 0) Facts.Seek(first);
            var right = Sum();
            Facts.Seek(right);
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
            : operands.Primary();
        value = operands.Postfix(value);
        return withFilter ? Filters.FiltersAndTests(value) : value;
    }

    /// <summary>An expression, or a tuple of several separated by commas; ends before a tag's end, a bracket or the name given.</summary>
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
}
