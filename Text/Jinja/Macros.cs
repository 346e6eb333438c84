// Macros and {% call %} blocks. A macro sees the names around its definition with their values at the call.
namespace Majlis.Text.Jinja;

/// <summary>Parameter names, and the defaults of the last ones.</summary>
sealed record Signature(IReadOnlyList<string> Names, IReadOnlyList<Expression> Defaults);

/// <summary>A macro's definition. It takes extra arguments if its body uses the special names for them.</summary>
sealed record MacroDefinition(string Name, Signature Signature, Body Body, bool TakesPositional, bool TakesNamed, bool TakesCaller);

sealed class Macro(MacroDefinition definition) : Statement
{
    protected override Flow Perform(Frame frame)
    {
        frame.Scope.Set(definition.Name, new MacroValue(definition, frame.Scope));
        return Flow.Next;
    }
}

sealed class CallBlock(MacroDefinition caller, Call call) : Statement
{
    protected override Flow Perform(Frame frame)
    {
        var target = call.Target.Evaluate(frame);
        var arguments = call.Arguments.Evaluate(frame);
        var withCaller = arguments with { Named = [.. arguments.Named, ("caller", new MacroValue(caller, frame.Scope))] };
        frame.Context.Write(frame.Output, PythonText.Print(Call.Invoke(frame.Context, target, withCaller)));
        return Flow.Next;
    }
}

sealed class MacroValue(MacroDefinition definition, Scope scope)
{
    public string Name => definition.Name;

    public object? Attribute(string name) => name switch
    {
        "name" => Name,
        "arguments" => new PyTuple([.. definition.Signature.Names]),
        "catch_kwargs" => definition.TakesNamed,
        "catch_varargs" => definition.TakesPositional,
        "caller" => definition.TakesCaller,
        _ => Undefined.Member(this, name),
    };

    public object? Call(RenderContext context, Arguments arguments)
    {
        var frame = new Frame(context, new Scope(scope), new());
        context.EnterCall();
        Bind(frame, arguments);
        definition.Body.Execute(frame);
        context.LeaveCall();
        return frame.Output.ToString();
    }

    void Bind(Frame frame, Arguments arguments)
    {
        var names = definition.Signature.Names;
        var named = new Dictionary<string, object?>();
        foreach (var (name, value) in arguments.Named)
            if (!named.TryAdd(name, value)) throw JinjaException.Type($"got multiple values for keyword argument {PythonText.Repr(name)}");
        for (var i = 0; i < names.Count; i++) frame.Scope.Set(names[i], Argument(frame, i, arguments.Positional, named));
        BindExtra(frame, arguments.Positional.Skip(names.Count), named);
    }

    object? Argument(Frame frame, int i, IReadOnlyList<object?> positional, Dictionary<string, object?> named)
    {
        var (names, defaults) = definition.Signature;
        if (i < positional.Count)
            return named.ContainsKey(names[i]) ? throw Refuse($"got multiple values for argument {PythonText.Repr(names[i])}")
                : positional[i];
        if (named.Remove(names[i], out var value)) return value;
        var given = i - (names.Count - defaults.Count);
        return given >= 0 ? defaults[given].Evaluate(frame) : new Undefined($"parameter {PythonText.Repr(names[i])} was not provided");
    }

    void BindExtra(Frame frame, IEnumerable<object?> positional, Dictionary<string, object?> named)
    {
        if (definition.TakesCaller && !definition.Signature.Names.Contains("caller"))
            frame.Scope.Set("caller", named.Remove("caller", out var caller) ? caller : new Undefined("No caller defined"));
        if (definition.TakesNamed)
        {
            var rest = new PyDict();
            foreach (var (name, value) in named) rest[name] = value;
            frame.Scope.Set("kwargs", rest);
        }
        else if (named.Count > 0) throw Refuse($"takes no keyword argument {PythonText.Repr(named.Keys.First())}");
        var extra = positional.ToArray();
        if (definition.TakesPositional) frame.Scope.Set("varargs", new PyTuple(extra));
        else if (extra.Length > 0) throw Refuse($"takes not more than {definition.Signature.Names.Count} argument(s)");
    }

    JinjaException Refuse(string message) => JinjaException.Type($"macro {PythonText.Repr(Name)} {message}");
}
