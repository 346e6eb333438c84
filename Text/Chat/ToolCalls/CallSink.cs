// Where the readers of call formats put the calls of one answer, piece by piece. Knows the offered tools and no format.
using System.Text;

namespace Majlis.Text.Chat.ToolCalls;

sealed class CallSink(IReadOnlyCollection<CallTool> offered)
{
    readonly List<CallPiece> pieces = [];
    readonly StringBuilder arguments = new();
    int begun;

    /// <summary>Calls whose arguments are whole.</summary>
    public int Whole { get; private set; }

    public bool IsOpen => begun > Whole;

    /// <summary>Changes whenever a call has begun or has become whole.</summary>
    public int Events => begun + Whole;

    public bool Offers(string name) => offered.Any(tool => tool.Name == name);

    public bool MayBecomeName(string beginning) => offered.Any(tool => tool.Name.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>The argument's value is a text, and so it is where it looks like another.</summary>
    public bool IsPlainText(string name, string argument) => offered.First(tool => tool.Name == name).PlainTexts.Contains(argument);

    /// <summary>Begins the next call. The tool must be offered.</summary>
    public void Begin(string name) => pieces.Add(new(begun++, name, ""));

    public void Arguments(ReadOnlySpan<char> text) => arguments.Append(text);

    public void End()
    {
        Settle();
        Whole++;
    }

    public void Add(string name, string whole)
    {
        Begin(name);
        Arguments(whole);
        End();
    }

    /// <summary>What came since this was last called.</summary>
    public List<CallPiece> Take()
    {
        Settle();
        List<CallPiece> taken = [.. pieces];
        pieces.Clear();
        return taken;
    }

    void Settle()
    {
        if (arguments.Length == 0) return;
        pieces.Add(new(begun - 1, null, arguments.ToString()));
        arguments.Clear();
    }
}
