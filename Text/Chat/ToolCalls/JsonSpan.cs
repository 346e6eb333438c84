// One JSON value while it is written: where it ends. Brackets are counted and strings respected; nothing else of it is checked, because
// what a model writes need not be JSON.
namespace Majlis.Text.Chat.ToolCalls;

struct JsonSpan
{
    int depth;
    bool inString, escaped, bare;

    public bool IsWhole { get; private set; }

    /// <summary>Reads the next character; false where it is not part of the value. Only a number or a word ends in this way.</summary>
    public bool Takes(char next)
    {
        if (IsWhole) return false;
        if (inString) TakeOfString(next);
        else if (bare || (depth == 0 && IsBare(next))) return bare = IsBare(next);
        else if (next == '"') inString = true;
        else if (next is '{' or '[') depth++;
        else if (next is '}' or ']' && depth > 0) IsWhole = --depth == 0;
        else return depth > 0;
        return true;
    }

    void TakeOfString(char next)
    {
        if (escaped || next == '\\') escaped = !escaped;
        else if (next == '"') (inString, IsWhole) = (false, depth == 0);
    }

    static bool IsBare(char next) => char.IsAsciiLetterOrDigit(next) || next is '-' or '+' or '.';
}
