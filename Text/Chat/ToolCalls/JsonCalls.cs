// Calls as JSON objects: one, several in a row, or a list of them, up to a closing mark where the format has one. Knows no object's inside.
namespace Majlis.Text.Chat.ToolCalls;

/// <param name="close">The mark that ends the stretch; empty: whatever is no call ends it.</param>
sealed class JsonCalls(CallMembers members, CallSink sink, string close = "") : ICallReader
{
    CallObject? call;
    bool inList, listEnded;
    int closing;

    // A list without its closing bracket is taken for one.
    public bool MayEnd => closing == 0 && (listEnded || call is { IsWhole: true });

    public bool IsInCall => call is { IsGiven: false };

    public bool IsOver => close.Length > 0 && closing == close.Length;

    public bool Takes(char next)
    {
        if (call is { IsWhole: false }) return call.Takes(next);
        if (closing > 0 || (close.Length > 0 && next == close[0])) return closing < close.Length && close[closing++] == next;
        if (char.IsWhiteSpace(next)) return true;
        if (listEnded) return false;
        switch (next)
        {
            case '{':
                return (call = new(members, sink)).Takes(next);
            case '[' when call is null && !inList:
                return inList = true;
            case ']' when inList:
                return listEnded = true;
            default:
                return next is ',' or ';' && call is not null;
        }
    }
}
