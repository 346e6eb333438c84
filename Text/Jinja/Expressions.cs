// Names, literals, operators and conditions.
using System.Text;

namespace Majlis.Text.Jinja;

sealed class Constant(object? value) : Expression
{
    public object? Value => value;

    protected override object? Compute(Frame frame) => value;
}

sealed class Name(string name) : Expression
{
    protected override object? Compute(Frame frame) => frame.Resolve(name);
}

sealed class TupleLiteral(IReadOnlyList<Expression> items) : Expression
{
    protected override object? Compute(Frame frame) => new PyTuple([.. items.Select(item => item.Evaluate(frame))]);
}

sealed class ListLiteral(IReadOnlyList<Expression> items) : Expression
{
    protected override object? Compute(Frame frame) => items.Select(item => item.Evaluate(frame)).ToList();
}

sealed class DictLiteral(IReadOnlyList<(Expression Key, Expression Value)> entries) : Expression
{
    protected override object? Compute(Frame frame)
    {
        var dict = new PyDict();
        foreach (var (key, value) in entries) dict[key.Evaluate(frame)] = value.Evaluate(frame);
        return dict;
    }
}

sealed class Member(Expression owner, string name) : Expression
{
    protected override object? Compute(Frame frame) => Access.Attribute(owner.Evaluate(frame), name);
}

sealed class Subscript(Expression owner, Expression index) : Expression
{
    protected override object? Compute(Frame frame)
    {
        var value = owner.Evaluate(frame);
        return index is SliceRange slice ? slice.Of(frame, value) : Access.Item(value, index.Evaluate(frame));
    }
}

sealed class SliceRange(Expression? start, Expression? stop, Expression? step) : Expression
{
    public object? Of(Frame frame, object? value)
    {
        var result = Sequences.Slice(value, start?.Evaluate(frame), stop?.Evaluate(frame), step?.Evaluate(frame));
        frame.Context.Spend(Sequences.LengthOrNull(result) ?? 0);
        return result;
    }

    protected override object? Compute(Frame frame) => throw JinjaException.Type("a slice stands alone between brackets");
}

sealed class Not(Expression operand) : Expression
{
    protected override object? Compute(Frame frame) => !PythonCompare.Truth(operand.Evaluate(frame));
}

sealed class Both(Expression left, Expression right) : Expression
{
    protected override object? Compute(Frame frame) =>
        left.Evaluate(frame) is var value && PythonCompare.Truth(value) ? right.Evaluate(frame) : value;
}

sealed class Either(Expression left, Expression right) : Expression
{
    protected override object? Compute(Frame frame) =>
        left.Evaluate(frame) is var value && PythonCompare.Truth(value) ? value : right.Evaluate(frame);
}

sealed class Conditional(Expression test, Expression then, Expression? otherwise) : Expression
{
    protected override object? Compute(Frame frame) => PythonCompare.Truth(test.Evaluate(frame)) ? then.Evaluate(frame)
        : otherwise is null ? new Undefined("the inline if-expression evaluated to false and no else section was defined.")
        : otherwise.Evaluate(frame);
}

/// <summary>A chain such as <c>1 &lt; x &lt;= 3</c>: every operand is evaluated at most once.</summary>
sealed class Comparison(Expression first, IReadOnlyList<(string Operator, Expression Right)> rest) : Expression
{
    protected override object? Compute(Frame frame)
    {
        var left = first.Evaluate(frame);
        foreach (var (operation, operand) in rest)
        {
            var right = operand.Evaluate(frame);
            if (!Holds(frame.Context, operation, left, right)) return false;
            left = right;
        }
        return true;
    }

    static bool Holds(RenderContext context, string operation, object? left, object? right)
    {
        if (operation is "in" or "not in") context.Spend(right is PyDict ? 1 : (Sequences.LengthOrNull(right) ?? 0) >> 2);
        return operation switch
        {
            "==" => PythonCompare.AreEqual(left, right),
            "!=" => !PythonCompare.AreEqual(left, right),
            "in" => PythonCompare.Contains(right, left),
            "not in" => !PythonCompare.Contains(right, left),
            _ => PythonCompare.Ordered(left, right, operation),
        };
    }
}

sealed class Binary(string operation, Expression left, Expression right) : Expression
{
    protected override object? Compute(Frame frame) =>
        Operators.Apply(frame.Context, operation, left.Evaluate(frame), right.Evaluate(frame));
}

sealed class Signed(bool negative, Expression operand) : Expression
{
    protected override object? Compute(Frame frame) => operand.Evaluate(frame) switch
    {
        Undefined undefined => throw undefined.Error(),
        { } value when PythonNumber.IsNumber(value) => negative ? PythonNumber.Negate(value) : PythonNumber.Add(value, 0L),
        var value => throw JinjaException.Type($"bad operand type for unary {(negative ? '-' : '+')}: '{PythonType.Name(value)}'"),
    };
}

/// <summary>a ~ b ~ c: every operand as text, joined.</summary>
sealed class Concatenation(IReadOnlyList<Expression> parts) : Expression
{
    protected override object? Compute(Frame frame)
    {
        var text = new StringBuilder();
        foreach (var part in parts) frame.Context.Write(text, PythonText.Print(part.Evaluate(frame)));
        return text.ToString();
    }
}
