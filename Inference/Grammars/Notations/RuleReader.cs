// What grammar notations share: rules of alternatives, sequences, groups and repetitions. Each notation brings its own heads of rules and
// its own atoms. Lines have no meaning: a rule ends where the next one begins.
using System.Globalization;
using System.Text;

namespace Majlis.Inference.Grammars.Notations;

abstract class RuleReader(NodeTable table, string text)
{
    const int Deepest = 100;
    const int MostQuantifiers = 16;

    readonly Dictionary<string, RuleNode> rules = [];
    readonly HashSet<string> defined = [];
    int depth;

    protected NodeTable Table => table;

    protected string Text => text;

    protected int At { get; set; }

    /// <summary>The rule with which texts begin.</summary>
    protected abstract string Root { get; }

    /// <summary>The root of all rules.</summary>
    /// <exception cref="GrammarException">The message names the line.</exception>
    public Node Read()
    {
        for (SkipSpace(); At < text.Length; SkipSpace()) ReadStatement();
        if (rules.Keys.FirstOrDefault(name => !defined.Contains(name)) is { } missing)
            throw new GrammarException($"The grammar has no rule '{missing}'.");
        return defined.Contains(Root) ? Begin(Rule(Root)) : throw new GrammarException($"The grammar has no rule '{Root}' to begin with.");
    }

    protected virtual Node Begin(Node root) => root;

    /// <summary>A rule, or whatever else may stand between rules.</summary>
    protected abstract void ReadStatement();

    /// <summary>Whether the next rule or statement begins here.</summary>
    protected abstract bool BeginsStatement();

    protected abstract bool BeginsComment();

    protected abstract Node Atom();

    /// <summary>A number of repetitions in the notation's own form; null where there is none.</summary>
    protected abstract (int Least, int? Most)? Count();

    protected virtual void EndBranch() { }

    protected RuleNode Rule(string name)
    {
        if (!rules.TryGetValue(name, out var rule)) rules[name] = rule = table.Rule();
        return rule;
    }

    protected void Define(string name, Node body)
    {
        if (!defined.Add(name)) throw Wrong($"the rule '{name}' is there twice");
        Rule(name).Body = body;
    }

    protected Node Alternatives()
    {
        if (++depth > Deepest) throw Wrong($"groups are nested deeper than {Deepest}");
        var branches = new List<Node>();
        do
        {
            branches.Add(Branch());
            EndBranch();
            SkipSpace();
        }
        while (Skip("|"));
        depth--;
        return table.Alternation(branches);
    }

    Node Branch()
    {
        var parts = new List<Node>();
        for (SkipSpace(); At < text.Length && text[At] is not ('|' or ')' or ']') && !BeginsStatement() && !EndsBranch(); SkipSpace())
            parts.Add(Repeated(Atom()));
        return table.Sequence([.. parts]);
    }

    protected virtual bool EndsBranch() => false;

    Node Repeated(Node part)
    {
        for (var quantifiers = 0; ; quantifiers++)
        {
            var start = At;
            if (quantifiers > MostQuantifiers) throw Wrong($"one part has more than {MostQuantifiers} quantifiers");
            while (At < text.Length && text[At] is ' ' or '\t') At++;
            if (Skip("*")) part = table.Repeat(part, 0, null);
            else if (Skip("+")) part = table.Repeat(part, 1, null);
            else if (Skip("?")) part = table.Optional(part);
            else if (Count() is var (least, most))
                part = most < least ? throw Wrong("the bounds of a repetition are exchanged") : table.Repeat(part, least, most);
            else
            {
                At = start;
                return part;
            }
        }
    }

    /// <summary>A group up to its closing sign; the opening one is read.</summary>
    protected Node Group(string end)
    {
        var group = Alternatives();
        return Skip(end) ? group : throw Wrong($"'{end}' is expected");
    }

    /// <summary>A text in double quotes with C's escapes; the first quote is read.</summary>
    protected string Quoted()
    {
        var content = new StringBuilder();
        while (At < text.Length && text[At] != '"')
            if (text[At] == '\\') content.Append(Escape());
            else content.Append(text[At++]);
        return Skip("\"") ? content.ToString() : throw Wrong("a string without its end");
    }

    string Escape()
    {
        At++;
        if (At == text.Length) throw Wrong("a backslash at the end");
        var letter = text[At++];
        return letter switch
        {
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'f' => "\f",
            'v' => "\v",
            'b' => "\b",
            '0' => "\0",
            'x' => Character(2),
            'u' => Character(4),
            'U' => Character(8),
            _ when char.IsAsciiLetterOrDigit(letter) => throw Wrong($"the escape \\{letter} is not supported"),
            _ => letter.ToString(),
        };
    }

    string Character(int digits)
    {
        if (At + digits > text.Length || !int.TryParse(text.AsSpan(At, digits), NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture, out var value) || value is < 0 or > 0x10FFFF) throw Wrong("an escape without its digits");
        At += digits;
        return value is >= 0xD800 and <= 0xDFFF ? ((char)value).ToString() : char.ConvertFromUtf32(value);
    }

    protected Node Literal(string content) => table.Literal(Encoding.UTF8.GetBytes(content));

    protected int? Number()
    {
        var start = At;
        while (At < text.Length && char.IsAsciiDigit(text[At])) At++;
        return At == start ? null : int.TryParse(text.AsSpan(start, At - start), NumberStyles.None, CultureInfo.InvariantCulture,
            out var number) ? number : throw Wrong("too large a number");
    }

    protected void SkipSpace()
    {
        while (At < text.Length)
            if (char.IsWhiteSpace(text[At])) At++;
            else if (BeginsComment()) At = text.IndexOf('\n', At) is var end and >= 0 ? end : text.Length;
            else return;
    }

    protected bool Skip(string expected)
    {
        if (string.CompareOrdinal(text, At, expected, 0, expected.Length) != 0) return false;
        At += expected.Length;
        return true;
    }

    protected GrammarException Wrong(string what) =>
        new($"Line {text.AsSpan(0, Math.Min(At, text.Length)).Count('\n') + 1} of the grammar: {what}.");
}
