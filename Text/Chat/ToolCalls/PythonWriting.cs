// Calls as Python, written. What PythonicCalls reads.
namespace Majlis.Text.Chat.ToolCalls;

static class PythonWriting
{
    public static Wording List(CallChoice choice) =>
        Wording.Spaced("[", Wording.List(Call(choice), Wording.Spaced("", ",", ""), choice.OnlyOne), "]");

    /// <summary>A call to a line.</summary>
    public static Wording Lines(CallChoice choice) =>
        Wording.List(Call(choice), new PatternWording("[ \\t]{0,16}\\n\\s{0,16}"), choice.OnlyOne);

    /// <summary>The beginning of a list that may be one of calls.</summary>
    public static Wording Sign(CallChoice choice) => Wording.Spaced("[", choice.Of(tool => tool.Name), "(");

    static Wording Call(CallChoice choice) =>
        choice.Of(tool => Wording.InOrder(tool.Name, new ArgumentsWording(tool, ArgumentForm.Python)));
}
