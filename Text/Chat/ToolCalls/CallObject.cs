// One call as a JSON object, {"name": ..., "arguments": {...}}, while it is written. Its arguments are passed on as they come, exactly as
// written, once the name is known to be an offered tool's. Knows nothing of what stands around the object.
using System.Text;
using System.Text.Json;

namespace Majlis.Text.Chat.ToolCalls;

/// <summary>The members of a call's object.</summary>
/// <param name="Beside">Members that say nothing of the call, such as an id. Any other shows that the object is no call.</param>
/// <param name="NeedsArguments">An object without arguments is no call. Where false, it is a call with the empty object.</param>
sealed record CallMembers(string Name, string[] Arguments, string[] Beside, bool NeedsArguments = false)
{
    public IEnumerable<string> All => [Name, .. Arguments, .. Beside];
}

sealed class CallObject(CallMembers members, CallSink sink)
{
    enum At { Start, MemberOrEnd, Member, InMember, Colon, Value, InValue, CommaOrEnd, End }

    // OpenAI's longest name, with an escape of six characters for each of its own, between quotes.
    const int LongestName = (6 * 64) + 2;

    // The member's name or the value that is read, unless it goes to the arguments.
    readonly StringBuilder text = new();
    // Arguments that were not passed on, because the name comes after them.
    readonly StringBuilder waiting = new();
    At at = At.Start;
    JsonSpan span;
    string member = "";
    string? name;
    bool begun, hasArguments, streams, argumentsAreWhole;

    public bool IsWhole => at == At.End;

    /// <summary>The name and all arguments were passed on; the object may lack its end.</summary>
    public bool IsGiven => begun && argumentsAreWhole;

    public bool Takes(char next)
    {
        if (at is At.InMember or At.InValue && span.Takes(next)) return Read(next);
        // Only a number or a word ends before the next character.
        if (at == At.InValue && !EndValue()) return false;
        if (char.IsWhiteSpace(next)) return true;
        switch (at, next)
        {
            case (At.Start, '{'):
                at = At.MemberOrEnd;
                return true;
            case (At.MemberOrEnd or At.Member, '"'):
                return Begin(At.InMember, next);
            case (At.Colon, ':'):
                at = At.Value;
                return true;
            case (At.Value, _):
                return MayBeValue(next) && Begin(At.InValue, next);
            case (At.CommaOrEnd, ','):
                at = At.Member;
                return true;
            case (At.MemberOrEnd or At.CommaOrEnd, '}'):
                at = At.End;
                return Close();
            default:
                return false;
        }
    }

    bool IsName => member == members.Name;

    bool IsArguments => members.Arguments.Contains(member);

    bool MayBeValue(char first) => IsName ? first == '"' && name is null
        : IsArguments ? first is '{' or '"' or 'n' && !hasArguments
        : first is '"' or '{' or '[' or '-' || char.IsAsciiLetterOrDigit(first);

    bool Begin(At part, char first)
    {
        at = part;
        text.Clear();
        span = new();
        if (part == At.InValue && IsArguments) (hasArguments, streams) = (true, first == '{');
        return span.Takes(first) && Read(first);
    }

    bool Read(char next)
    {
        (streams ? waiting : text).Append(next);
        if (streams && !span.IsWhole) Pass();
        // A text that only looks like a call is not held back until its end.
        if (at == At.InValue && IsName && !MayBecomeName()) return false;
        if (!span.IsWhole) return true;
        if (at == At.InValue) return EndValue();
        (at, member) = (At.Colon, Text() ?? "");
        return IsName || IsArguments || members.Beside.Contains(member);
    }

    bool MayBecomeName()
    {
        if (text.Length > LongestName) return false;
        var beginning = text.ToString(1, text.Length - 1);
        return beginning.Contains('\\') || sink.MayBecomeName(beginning.TrimEnd('"'));
    }

    bool EndValue()
    {
        at = At.CommaOrEnd;
        if (IsName)
        {
            name = Text();
            if (name is null || !sink.Offers(name)) return false;
        }
        else if (streams) (streams, argumentsAreWhole) = (false, true);
        else if (IsArguments && !ReadWritten()) return false;
        Pass();
        return true;
    }

    // Some models write the arguments' JSON as a string, as OpenAI's API does, or null for none.
    bool ReadWritten()
    {
        var written = text.ToString() == "null" ? "" : Text();
        if (written is null || ArgumentsJson.Read(written) is null) return false;
        waiting.Append(string.IsNullOrWhiteSpace(written) ? "{}" : written);
        return argumentsAreWhole = true;
    }

    bool Close()
    {
        if (name is null || (!hasArguments && members.NeedsArguments)) return false;
        if (!hasArguments) waiting.Append("{}");
        hasArguments = argumentsAreWhole = true;
        Pass();
        return true;
    }

    void Pass()
    {
        if (name is null || waiting.Length == 0) return;
        if (!begun) sink.Begin(name);
        begun = true;
        sink.Arguments(waiting.ToString());
        waiting.Clear();
        if (argumentsAreWhole) sink.End();
    }

    string? Text()
    {
        try
        {
            using var value = JsonDocument.Parse(text.ToString());
            return value.RootElement.GetString();
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
