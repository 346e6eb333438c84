// + - * / // % ** on any values, with Python's error messages. Result sizes are checked before anything is allocated.
namespace Majlis.Text.Jinja;

static class Operators
{
    public static object? Apply(RenderContext context, string operation, object? a, object? b)
    {
        if (a is Undefined undefined) throw undefined.Error();
        if (operation == "%" && a is string or Markup) return PercentFormat.Apply(context, a.ToString()!, b);
        if (b is Undefined right) throw right.Error();
        if (PythonNumber.IsNumber(a) && PythonNumber.IsNumber(b)) return Numbers(operation, a, b);
        if (operation == "+" && Add(context, a, b) is { } sum) return sum;
        if (operation == "*" && (Repeat(context, a, b) ?? Repeat(context, b, a)) is { } repeated) return repeated;
        throw Refuse(operation, a, b);
    }

    static object Numbers(string operation, object? a, object? b) => operation switch
    {
        "+" => PythonNumber.Add(a, b),
        "-" => PythonNumber.Subtract(a, b),
        "*" => PythonNumber.Multiply(a, b),
        "/" => PythonNumber.Divide(a, b),
        "//" => PythonNumber.FloorDivide(a, b),
        "%" => PythonNumber.Modulo(a, b),
        _ => PythonNumber.Power(a, b),
    };

    static object? Add(RenderContext context, object? a, object? b)
    {
        switch (a, b)
        {
            case (string x, string y):
                context.SpendText((long)x.Length + y.Length);
                return x + y;
            case (Markup x, string or Markup):
                return Joined(context, x.Text, b is Markup ? b.ToString()! : Markup.Escape((string)b));
            case (string x, Markup y):
                return Joined(context, Markup.Escape(x), y.Text);
            case (List<object?> x, List<object?> y):
                context.Spend(x.Count + y.Count);
                return new List<object?>([.. x, .. y]);
            case (PyTuple x, PyTuple y):
                context.Spend(x.Items.Length + y.Items.Length);
                return new PyTuple([.. x.Items, .. y.Items]);
            default:
                return null;
        }
    }

    static Markup Joined(RenderContext context, string a, string b)
    {
        context.SpendText((long)a.Length + b.Length);
        return new Markup(a + b);
    }

    static object? Repeat(RenderContext context, object? value, object? count)
    {
        if (!PythonNumber.IsInteger(count) || value is not (string or Markup or List<object?> or PyTuple)) return null;
        var times = Math.Max(0, PythonNumber.Index(count));
        if (value is string or Markup)
        {
            var text = value.ToString()!;
            context.SpendText((long)text.Length * times);
            var repeated = string.Concat(Enumerable.Repeat(text, text.Length == 0 ? 0 : times));
            return value is Markup ? new Markup(repeated) : repeated;
        }
        var items = Sequences.Indexed(value)!;
        context.Spend((long)items.Count * times);
        var all = items.Count == 0 ? [] : Enumerable.Repeat(items, times).SelectMany(part => part).ToList();
        return value is PyTuple ? new PyTuple([.. all]) : all;
    }

    static JinjaException Refuse(string operation, object? a, object? b)
    {
        if (operation == "+" && a is string or List<object?> or PyTuple)
            return JinjaException.Type($"can only concatenate {PythonType.Name(a)} (not \"{PythonType.Name(b)}\") to {PythonType.Name(a)}");
        if (operation == "*" && a is string or List<object?> or PyTuple)
            return JinjaException.Type($"can't multiply sequence by non-int of type '{PythonType.Name(b)}'");
        var name = operation == "**" ? "** or pow()" : operation;
        return JinjaException.Type($"unsupported operand type(s) for {name}: '{PythonType.Name(a)}' and '{PythonType.Name(b)}'");
    }
}
