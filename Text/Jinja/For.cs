// {% for %}: every iteration has its own scope; `loop` gives its position and looks ahead only when asked to.
using System.Text;

namespace Majlis.Text.Jinja;

sealed class For(Target target, Expression source, Expression? test, bool recursive, Body body, Body? otherwise) : Statement
{
    protected override Flow Perform(Frame frame)
    {
        Run(frame, source.Evaluate(frame), 0);
        return Flow.Next;
    }

    void Run(Frame frame, object? values, int depth)
    {
        using var loop = new LoopState(Selected(frame, values), test is null ? values : null, depth, recursive ? again =>
            Again(frame, again, depth + 1) : null);
        var finished = false;
        while (loop.MoveNext())
        {
            var inner = frame.Inner();
            inner.Scope.Set("loop", loop);
            target.Assign(inner, loop.Current);
            var flow = body.Execute(inner);
            if (flow == Flow.Break) break;
            // As in Jinja2, else also runs if every iteration ended early.
            finished |= flow == Flow.Next;
        }
        if (!finished) otherwise?.Execute(frame.Inner());
    }

    IEnumerable<object?> Selected(Frame frame, object? values)
    {
        foreach (var value in Sequences.Iterate(values))
        {
            if (test is not null)
            {
                var inner = frame.Inner();
                target.Assign(inner, value);
                if (!PythonCompare.Truth(test.Evaluate(inner))) continue;
            }
            yield return value;
        }
    }

    string Again(Frame frame, object? values, int depth)
    {
        frame.Context.EnterCall();
        var output = new StringBuilder();
        Run(frame with { Output = output }, values, depth);
        frame.Context.LeaveCall();
        return output.ToString();
    }
}

/// <summary>The <c>loop</c> variable.</summary>
sealed class LoopState(IEnumerable<object?> source, object? counted, int depth, Func<object?, string>? again) : IDisposable
{
    static readonly object none = new();

    IEnumerator<object?> items = source.GetEnumerator();
    object? before = none;
    object? current = none;
    object? next = none;
    object?[]? changed;
    int index = -1;
    int? length;

    public object? Current => current;

    public int Length => length ??= counted is not null && Sequences.LengthOrNull(counted) is { } known ? known : CountRest();

    int CountRest()
    {
        List<object?> rest = [];
        while (items.MoveNext()) rest.Add(items.Current);
        items.Dispose();
        items = rest.GetEnumerator();
        return rest.Count + index + 1 + (ReferenceEquals(next, none) ? 0 : 1);
    }

    public bool MoveNext()
    {
        if (!Peek()) return false;
        (before, current, next) = (current, next, none);
        index++;
        return true;
    }

    bool Peek()
    {
        if (!ReferenceEquals(next, none)) return true;
        if (!items.MoveNext()) return false;
        next = items.Current;
        return true;
    }

    public object? Attribute(string name) => name switch
    {
        "index" => index + 1L,
        "index0" => (long)index,
        "revindex" => (long)Length - index,
        "revindex0" => (long)Length - index - 1,
        "first" => index == 0,
        "last" => !Peek(),
        "length" => (long)Length,
        "depth" => depth + 1L,
        "depth0" => (long)depth,
        "previtem" => index == 0 ? new Undefined("there is no previous item") : before,
        "nextitem" => Peek() ? next : new Undefined("there is no next item"),
        "cycle" => new Function("cycle", (_, arguments) => Cycle(arguments)),
        "changed" => new Function("changed", (_, arguments) => Changed(arguments)),
        _ => Undefined.Member(this, name),
    };

    object? Cycle(Arguments arguments) => arguments.Positional.Count == 0 ? throw JinjaException.Type("no items for cycling given")
        : arguments.Positional[index % arguments.Positional.Count];

    bool Changed(Arguments arguments)
    {
        object?[] values = [.. arguments.Positional];
        if (changed is not null && PythonCompare.AreEqual(new PyTuple(changed), new PyTuple(values))) return false;
        changed = values;
        return true;
    }

    public object? Recurse(RenderContext context, Arguments arguments)
    {
        context.Spend(1);
        if (again is null) throw JinjaException.Type("The loop must have the 'recursive' marker to be called recursively.");
        return again(arguments.Positional.Count == 1 ? arguments.Positional[0] : throw JinjaException.Type("loop() takes one argument"));
    }

    public void Dispose() => items.Dispose();
}
