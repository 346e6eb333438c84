// The two kinds of node of the syntax tree. Immutable after parsing, so one tree serves many renderings at the same time.
using System.Runtime.CompilerServices;

namespace Majlis.Text.Jinja;

abstract class Expression
{
    public object? Evaluate(Frame frame)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        frame.Context.Spend(1);
        return Compute(frame);
    }

    protected abstract object? Compute(Frame frame);
}

/// <summary>How a statement ended: break and continue travel up to the enclosing loop.</summary>
enum Flow { Next, Break, Continue }

abstract class Statement
{
    public Flow Execute(Frame frame)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        frame.Context.Spend(1);
        return Perform(frame);
    }

    protected abstract Flow Perform(Frame frame);
}

sealed class Body(IReadOnlyList<Statement> statements) : Statement
{
    protected override Flow Perform(Frame frame)
    {
        foreach (var statement in statements)
            if (statement.Execute(frame) is var flow && flow != Flow.Next) return flow;
        return Flow.Next;
    }

    /// <summary>Runs in its own scope and returns the text.</summary>
    public string Capture(Frame frame)
    {
        var inner = frame.Capture();
        Execute(inner);
        return inner.Output.ToString();
    }
}
