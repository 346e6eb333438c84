// One rendering: its remaining budget, its output, and the clock it was given. Never shared between threads.
using System.Text;

namespace Majlis.Text.Jinja;

sealed class RenderContext(IReadOnlyDictionary<string, object?> variables, DateTimeOffset now)
{
    // About a second of work; real templates need less than a hundredth of this.
    const long MostSteps = 10_000_000;
    const int LongestText = 16 << 20;

    // Python's limit of 1000 frames allows about as many nested macro calls.
    const int DeepestCalls = 200;

    long steps;
    int calls;

    public DateTimeOffset Now => now;

    public StringBuilder Output { get; } = new();

    /// <summary>What {% generation %} blocks wrote: start and length in the output, in chars.</summary>
    public List<(int Start, int Length)> Generations { get; } = [];

    /// <summary>Counts work, about one unit a node or element; ends the rendering when the budget is spent.</summary>
    public void Spend(long count)
    {
        steps += count;
        if (steps > MostSteps) throw new JinjaException("TemplateRuntimeError", $"the template does more than {MostSteps} steps of work");
    }

    /// <summary>
    /// Counts text that is about to be produced, before it is allocated. The <paramref name="before"/> chars in front of it in the same
    /// text were counted earlier.
    /// </summary>
    public void SpendText(long length, long before = 0)
    {
        if (before + length > LongestText)
            throw new JinjaException("TemplateRuntimeError", $"the template produces more than {LongestText} characters");
        Spend(length >> 4);
    }

    public void Write(StringBuilder output, string text)
    {
        SpendText(text.Length, output.Length);
        output.Append(text);
    }

    public void EnterCall()
    {
        if (++calls > DeepestCalls) throw JinjaException.Recursion();
    }

    public void LeaveCall() => calls--;

    public object? Resolve(string name) => variables.TryGetValue(name, out var value) || Globals.All.TryGetValue(name, out value)
        ? value : Undefined.Name(name);
}
