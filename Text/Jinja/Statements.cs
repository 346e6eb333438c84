// Output, conditions, assignments and the blocks that capture text.
namespace Majlis.Text.Jinja;

sealed class Text(string text) : Statement
{
    protected override Flow Perform(Frame frame)
    {
        frame.Context.Write(frame.Output, text);
        return Flow.Next;
    }
}

sealed class Print(Expression value) : Statement
{
    protected override Flow Perform(Frame frame)
    {
        frame.Context.Write(frame.Output, PythonText.Print(value.Evaluate(frame)));
        return Flow.Next;
    }
}

sealed class If(IReadOnlyList<(Expression Test, Body Body)> branches, Body? otherwise) : Statement
{
    protected override Flow Perform(Frame frame)
    {
        foreach (var (test, body) in branches)
            if (PythonCompare.Truth(test.Evaluate(frame))) return body.Execute(frame);
        return otherwise?.Execute(frame) ?? Flow.Next;
    }
}

sealed class LoopControl(Flow flow) : Statement
{
    protected override Flow Perform(Frame frame) => flow;
}

sealed class Assign(Target target, Expression value) : Statement
{
    protected override Flow Perform(Frame frame)
    {
        target.Assign(frame, value.Evaluate(frame));
        return Flow.Next;
    }
}

/// <summary>{% set name %}text{% endset %}, optionally through filters.</summary>
sealed class AssignBlock(Target target, FilterCall? filter, Body body) : Statement
{
    protected override Flow Perform(Frame frame)
    {
        var text = body.Capture(frame);
        target.Assign(frame, filter is null ? text : filter.ApplyTo(frame, text));
        return Flow.Next;
    }
}

sealed class FilterBlock(FilterCall filter, Body body) : Statement
{
    protected override Flow Perform(Frame frame)
    {
        frame.Context.Write(frame.Output, PythonText.Print(filter.ApplyTo(frame, body.Capture(frame))));
        return Flow.Next;
    }
}

sealed class With(IReadOnlyList<(Target Target, Expression Value)> values, Body body) : Statement
{
    protected override Flow Perform(Frame frame)
    {
        var inner = frame.Inner();
        // Values see the outer scope, not each other.
        foreach (var (target, value) in values) target.Assign(inner, value.Evaluate(frame));
        return body.Execute(inner);
    }
}

/// <summary>{% block %} without inheritance: sees only the template's top-level names, unless it is scoped.</summary>
sealed class Block(bool scoped, Body body) : Statement
{
    protected override Flow Perform(Frame frame)
    {
        body.Execute(frame with { Scope = new Scope(scoped ? frame.Scope : frame.Scope.Root) });
        return Flow.Next;
    }
}

/// <summary>{% generation %}: the assistant's text, recorded for training masks.</summary>
sealed class Generation(Body body) : Statement
{
    protected override Flow Perform(Frame frame)
    {
        var start = frame.Context.Output.Length;
        var text = body.Capture(frame);
        frame.Context.Generations.Add((start, text.Length));
        frame.Context.Write(frame.Output, text);
        return Flow.Next;
    }
}

sealed class AutoEscape(Expression wanted, Body body) : Statement
{
    protected override Flow Perform(Frame frame) => PythonCompare.Truth(wanted.Evaluate(frame))
        ? throw new JinjaException("TemplateRuntimeError", "autoescape: prompts are not HTML, so text is never escaped here")
        : body.Execute(frame.Inner());
}

/// <summary>include, import, from and extends: there is nothing to load from.</summary>
sealed class Load : Statement
{
    protected override Flow Perform(Frame frame) => throw JinjaException.Type("no loader for this environment specified");
}
