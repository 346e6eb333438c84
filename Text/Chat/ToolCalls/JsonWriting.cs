// Calls as JSON objects, written. What CallObject reads.
namespace Majlis.Text.Chat.ToolCalls;

static class JsonWriting
{
    /// <summary>One call: its name, then its arguments.</summary>
    /// <param name="before">What may stand before the name.</param>
    public static Wording Call(CallMembers members, CallChoice choice, Wording? before = null) => choice.Of(tool => Wording.Spaced(
        [
            "{", .. before is null ? Array.Empty<Wording>() : [Wording.Optional(before)],
            Quoted(members.Name), ":", Quoted(tool.Name), ",", Quoted(members.Arguments[0]), ":",
            new ArgumentsWording(tool, ArgumentForm.Json), "}",
        ]));

    /// <summary>A JSON list of calls, at least one.</summary>
    public static Wording List(Wording call, bool onlyOne) =>
        Wording.Spaced("[", Wording.List(call, Wording.Spaced("", ",", ""), onlyOne), "]");

    /// <summary>The beginning of an object that may be a call: its first member is one of a call's, or is not spelled plainly.</summary>
    public static Wording Sign(CallMembers members) =>
        Wording.Spaced("{", new PatternWording($"\"([^\"\\\\]{{0,64}}\\\\|({string.Join('|', members.All)})\")"));

    static Wording Quoted(string name) => $"\"{name}\"";
}
