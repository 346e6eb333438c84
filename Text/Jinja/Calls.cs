// Calls of functions, filters and tests, with Python's ways of passing arguments.
namespace Majlis.Text.Jinja;

sealed record ArgumentList(
    IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named, Expression? Star, Expression? DoubleStar)
{
    public static ArgumentList Empty { get; } = new([], [], null, null);

    public Arguments Evaluate(Frame frame)
    {
        var positional = Positional.Select(argument => argument.Evaluate(frame)).ToList();
        if (Star is not null) positional.AddRange(Sequences.Iterate(Star.Evaluate(frame)));
        var named = Named.Select(argument => (argument.Name, argument.Value.Evaluate(frame))).ToList();
        if (DoubleStar?.Evaluate(frame) is { } extra) AddNamed(extra, named);
        frame.Context.Spend(positional.Count);
        return new Arguments(positional, named);
    }

    static void AddNamed(object extra, List<(string, object?)> named)
    {
        if (extra is Undefined) return;
        if (extra is not PyDict dict) throw JinjaException.Type($"argument after ** must be a mapping, not {PythonType.Name(extra)}");
        foreach (var (key, value) in dict.Items)
            named.Add((key as string ?? throw JinjaException.Type("keywords must be strings"), value));
    }
}

sealed class Call(Expression target, ArgumentList arguments) : Expression
{
    public Expression Target => target;

    public ArgumentList Arguments => arguments;

    protected override object? Compute(Frame frame) => Invoke(frame.Context, target.Evaluate(frame), arguments.Evaluate(frame));

    public static object? Invoke(RenderContext context, object? target, Arguments arguments) => target switch
    {
        Function function => function.Call(context, arguments),
        MacroValue macro => macro.Call(context, arguments),
        LoopState loop => loop.Recurse(context, arguments),
        Undefined undefined => throw undefined.Error(),
        _ => throw JinjaException.Type($"'{PythonType.Name(target)}' object is not callable"),
    };
}

/// <summary>value|name(arguments). Value is null in {% filter %} and {% set %} blocks, which pass the block's text.</summary>
sealed class FilterCall(Expression? value, string name, ArgumentList arguments) : Expression
{
    protected override object? Compute(Frame frame) => Apply(frame, value!.Evaluate(frame));

    /// <summary>Applies the chain of filters, up to this one, to a text.</summary>
    public object? ApplyTo(Frame frame, object? text) => Apply(frame, value is FilterCall before ? before.ApplyTo(frame, text) : text);

    object? Apply(Frame frame, object? input) => Filters.Named(name).Call(frame.Context, arguments.Evaluate(frame).After(input));
}

sealed class TestCall(Expression value, string name, ArgumentList arguments) : Expression
{
    protected override object? Compute(Frame frame)
    {
        var input = value.Evaluate(frame);
        return PythonCompare.Truth(TestFunctions.Named(name).Call(frame.Context, arguments.Evaluate(frame).After(input)));
    }
}
