// A function, method, filter or test that templates can call: its parameters' names and its body.
namespace Majlis.Text.Jinja;

/// <summary>The arguments of one call, with stars already unpacked.</summary>
sealed record Arguments(IReadOnlyList<object?> Positional, IReadOnlyList<(string Name, object? Value)> Named)
{
    public Arguments After(object? first) => new([first, .. Positional], Named);
}

/// <summary>
/// <paramref name="parameters"/> are the parameters' names, "" for a positional-only one; the first
/// <paramref name="required"/> must be given. Omitted ones hold <see cref="Absent"/>.
/// </summary>
sealed class Function(string name, string[] parameters, int required, Func<RenderContext, object?[], object?> body)
{
    public static object Absent { get; } = new();

    public string Name => name;

    // Takes any arguments, as Python's *args and **kwargs.
    readonly Func<RenderContext, Arguments, object?>? variadic;

    public Function(string name, Func<RenderContext, Arguments, object?> variadic) : this(name, [], 0, static (_, _) => null) =>
        this.variadic = variadic;

    public object? Call(RenderContext context, Arguments arguments)
    {
        context.Spend(1);
        return variadic is null ? body(context, Bind(arguments)) : variadic(context, arguments);
    }

    object?[] Bind(Arguments arguments)
    {
        var slots = new object?[parameters.Length];
        Array.Fill(slots, Absent);
        if (arguments.Positional.Count > parameters.Length)
            throw JinjaException.Type($"{name}() takes at most {parameters.Length} arguments ({arguments.Positional.Count} given)");
        for (var i = 0; i < arguments.Positional.Count; i++) slots[i] = arguments.Positional[i];
        foreach (var (key, value) in arguments.Named)
        {
            var at = key.Length == 0 ? -1 : Array.IndexOf(parameters, key);
            if (at < 0) throw JinjaException.Type($"{name}() got an unexpected keyword argument '{key}'");
            if (!ReferenceEquals(slots[at], Absent)) throw JinjaException.Type($"{name}() got multiple values for argument '{key}'");
            slots[at] = value;
        }
        for (var i = 0; i < required; i++)
            if (ReferenceEquals(slots[i], Absent))
                throw JinjaException.Type($"{name}() missing a required argument: {PythonText.Repr(parameters[i])}");
        return slots;
    }

    public static object? Or(object? slot, object? fallback) => ReferenceEquals(slot, Absent) ? fallback : slot;

    public static bool Flag(object? slot, bool fallback = false) => ReferenceEquals(slot, Absent) ? fallback : PythonCompare.Truth(slot);

    public static int Whole(object? slot, int fallback) => ReferenceEquals(slot, Absent) ? fallback : PythonNumber.Index(slot);
}
