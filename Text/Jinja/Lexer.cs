// Splits template source into tokens: text outside of tags, with Jinja2's whitespace control (trim_blocks and lstrip_blocks on,
// one newline at the very end dropped). Knows no grammar; TagLexer splits the inside of tags.
namespace Majlis.Text.Jinja;

sealed class Lexer
{
    readonly string source;
    readonly List<Token> tokens = [];
    int position;
    int line = 1;

    // True if the text that follows begins a line: at the start, or after a tag that swallowed its newline.
    bool lineStarts = true;

    Lexer(string source)
    {
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        this.source = source.EndsWith('\n') ? source[..^1] : source;
    }

    public static List<Token> Cut(string source)
    {
        var lexer = new Lexer(source);
        while (lexer.position < lexer.source.Length) lexer.TextAndTag();
        lexer.tokens.Add(new Token(TokenKind.End, "", lexer.line));
        return lexer.tokens;
    }

    void TextAndTag()
    {
        var tag = NextTag(position);
        if (tag < 0)
        {
            AddText(source[position..], '\0', strips: false);
            position = source.Length;
            return;
        }
        if (RawBegin(tag) is { } raw)
        {
            AddText(source[position..tag], raw.Sign, strips: true);
            Advance(raw.End);
            RawText();
            return;
        }
        var kind = source[tag + 1];
        var sign = SignAt(tag + 2);
        AddText(source[position..tag], sign, strips: kind != '{');
        Advance(tag + 2 + (sign == '\0' ? 0 : 1));
        if (kind == '#') Comment();
        else Tag(block: kind == '%');
    }

    int NextTag(int from)
    {
        for (var at = source.IndexOf('{', from); at >= 0 && at + 1 < source.Length; at = source.IndexOf('{', at + 1))
            if (source[at + 1] is '%' or '{' or '#') return at;
        return -1;
    }

    char SignAt(int at) => at < source.Length && source[at] is '-' or '+' ? source[at] : '\0';

    void AddText(string text, char sign, bool strips)
    {
        var lines = text.AsSpan().Count('\n');
        if (sign == '-') text = PythonText.StripEnd(text);
        else if (strips && sign != '+')
        {
            var lineStart = text.LastIndexOf('\n') + 1;
            if ((lineStart > 0 || lineStarts) && PythonText.IsAllSpace(text.AsSpan(lineStart))) text = text[..lineStart];
        }
        if (text.Length > 0) tokens.Add(new Token(TokenKind.Data, text, line));
        line += lines;
        lineStarts = false;
    }

    // Moves on; does not count the lines of the text before the tag, which AddText has counted.
    void Advance(int to) => position = to;

    void Comment()
    {
        var end = source.IndexOf("#}", position, StringComparison.Ordinal);
        if (end < 0) throw JinjaException.Syntax("Missing end of comment tag", line);
        var sign = end > position ? SignAt(end - 1) : '\0';
        line += source.AsSpan(position, end - position).Count('\n');
        AfterTag(end + 2, sign, trimsNewline: true);
    }

    void Tag(bool block)
    {
        tokens.Add(new Token(block ? TokenKind.BlockBegin : TokenKind.VariableBegin, "", line));
        var inside = new TagLexer(source, tokens, block);
        var (end, sign, endLine) = inside.Cut(position, line);
        line = endLine;
        tokens.Add(new Token(block ? TokenKind.BlockEnd : TokenKind.VariableEnd, "", line));
        AfterTag(end, sign, trimsNewline: block);
    }

    void AfterTag(int end, char sign, bool trimsNewline)
    {
        var next = end;
        if (sign == '-') while (next < source.Length && PythonText.IsSpace(source[next])) next++;
        else if (trimsNewline && sign != '+' && next < source.Length && source[next] == '\n') next++;
        line += source.AsSpan(end, next - end).Count('\n');
        lineStarts = next > end && source[next - 1] == '\n';
        position = next;
    }

    (char Sign, int End)? RawBegin(int tag)
    {
        if (WordTag(tag, "raw") is not { } found || found.EndSign == '+') return null;
        var end = found.End;
        if (found.EndSign == '-') while (end < source.Length && PythonText.IsSpace(source[end])) end++;
        return (found.Sign, end);
    }

    /// <summary>A block tag that holds only <paramref name="word"/>: its whitespace signs and the position after it.</summary>
    (char Sign, char EndSign, int End)? WordTag(int tag, string word)
    {
        if (source[tag + 1] != '%') return null;
        var at = tag + 2;
        var sign = SignAt(at);
        if (sign != '\0') at++;
        while (at < source.Length && PythonText.IsSpace(source[at])) at++;
        if (string.CompareOrdinal(source, at, word, 0, word.Length) != 0) return null;
        at += word.Length;
        while (at < source.Length && PythonText.IsSpace(source[at])) at++;
        var endSign = SignAt(at);
        if (endSign != '\0') at++;
        return string.CompareOrdinal(source, at, "%}", 0, 2) == 0 ? (sign, endSign, at + 2) : null;
    }

    void RawText()
    {
        var start = position;
        lineStarts = start > 0 && source[start - 1] == '\n';
        for (var tag = source.IndexOf("{%", start, StringComparison.Ordinal); tag >= 0; tag = source.IndexOf("{%", tag + 1,
            StringComparison.Ordinal))
        {
            if (WordTag(tag, "endraw") is not { } end) continue;
            AddText(source[start..tag], end.Sign, strips: true);
            AfterTag(end.End, end.EndSign, trimsNewline: true);
            return;
        }
        throw JinjaException.Syntax("Missing end of raw directive", line);
    }
}
