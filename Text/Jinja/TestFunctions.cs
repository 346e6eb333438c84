// The tests by name, as `is` calls them.
namespace Majlis.Text.Jinja;

static class TestFunctions
{
    static readonly Dictionary<string, Function> all = new Function[]
    {
        Of("defined", value => value is not Undefined),
        Of("undefined", value => value is Undefined),
        Of("none", value => value is null),
        Of("boolean", value => value is bool),
        Of("true", value => value is true),
        Of("false", value => value is false),
        Of("integer", value => value is long or System.Numerics.BigInteger),
        Of("float", value => value is double),
        Of("number", PythonNumber.IsNumber),
        Of("string", value => value is string or Markup),
        Of("mapping", value => value is PyDict),
        Of("sequence", value => value is string or Markup or List<object?> or PyTuple or PyDict or PyRange or Undefined),
        Of("iterable", Sequences.IsIterable),
        Of("callable", value => value is Function or MacroValue or LoopState or Undefined),
        Of("escaped", value => value is Markup),
        Of("lower", value => PythonCase.IsLower(PythonText.Print(value))),
        Of("upper", value => PythonCase.IsUpper(PythonText.Print(value))),
        Of("filter", value => value is string name && Filters.Exists(name)),
        Of("test", value => value is string name && Exists(name)),
        new("odd", ["value"], 1, (context, a) => PythonCompare.AreEqual(Operators.Apply(context, "%", a[0], 2L), 1L)),
        new("even", ["value"], 1, (context, a) => PythonCompare.AreEqual(Operators.Apply(context, "%", a[0], 2L), 0L)),
        new("divisibleby", ["value", "num"], 2, (context, a) => PythonCompare.AreEqual(Operators.Apply(context, "%", a[0], a[1]), 0L)),
        new("sameas", ["value", "other"], 2, (_, a) => AreSame(a[0], a[1])),
        new("in", ["value", "seq"], 2, (context, a) =>
        {
            context.Spend(Sequences.LengthOrNull(a[1]) ?? 0);
            return PythonCompare.Contains(a[1], a[0]);
        }),
        new("eq", ["", ""], 2, (_, a) => PythonCompare.AreEqual(a[0], a[1])),
        new("ne", ["", ""], 2, (_, a) => !PythonCompare.AreEqual(a[0], a[1])),
        new("lt", ["", ""], 2, (_, a) => PythonCompare.Ordered(a[0], a[1], "<")),
        new("le", ["", ""], 2, (_, a) => PythonCompare.Ordered(a[0], a[1], "<=")),
        new("gt", ["", ""], 2, (_, a) => PythonCompare.Ordered(a[0], a[1], ">")),
        new("ge", ["", ""], 2, (_, a) => PythonCompare.Ordered(a[0], a[1], ">=")),
    }.ToDictionary(test => test.Name);

    static readonly Dictionary<string, string> aliases = new()
    {
        ["=="] = "eq",
        ["equalto"] = "eq",
        ["!="] = "ne",
        [">"] = "gt",
        ["greaterthan"] = "gt",
        [">="] = "ge",
        ["<"] = "lt",
        ["lessthan"] = "lt",
        ["<="] = "le",
    };

    static Function Of(string name, Func<object?, bool> test) => new(name, ["value"], 1, (_, a) => test(a[0]));

    public static bool Exists(string name) => all.ContainsKey(aliases.GetValueOrDefault(name, name));

    public static Function Named(string name) => all.TryGetValue(aliases.GetValueOrDefault(name, name), out var test) ? test
        : throw new JinjaException("TemplateAssertionError", $"No test named {PythonText.Repr(name)}.");

    static bool AreSame(object? a, object? b) =>
        ReferenceEquals(a, b) || (a is bool or long or string && b is not null && a.GetType() == b.GetType() && a.Equals(b));
}
