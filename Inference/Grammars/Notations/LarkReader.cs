// Grammars as Lark writes them (https://lark-parser.readthedocs.io/en/stable/grammar.html), read without a lexer: every way of cutting a
// text into terminals counts, as with Lark's Earley parser. Texts begin with the rule start.
using Majlis.Inference.Grammars.Characters;
using Majlis.Inference.Grammars.Patterns;

namespace Majlis.Inference.Grammars.Notations;

sealed class LarkReader : RuleReader
{
    readonly Spelling spelling;
    readonly PatternCompiler patterns;
    readonly List<Node> ignored = [];
    readonly RuleNode space;
    bool inTerminal;

    public LarkReader(NodeTable table, string text) : base(table, text)
    {
        (spelling, space) = (Spelling.Plain(table), table.Rule());
        patterns = new(spelling);
    }

    protected override string Root => "start";

    protected override Node Begin(Node root)
    {
        space.Body = Table.Repeat(Table.Alternation(ignored), 0, null);
        return Table.Sequence(space, root);
    }

    protected override void ReadStatement()
    {
        if (Skip("%"))
        {
            Directive(Name());
            return;
        }
        if (!BeginsStatement()) throw Wrong("a rule is expected: name: ...");
        while (Text[At] is '?' or '!') At++;
        var name = Name();
        if (Skip(".")) Number();
        SkipSpace();
        Skip(":");
        inTerminal = IsTerminal(name);
        Define(name, Alternatives());
    }

    protected override bool BeginsStatement()
    {
        if (Text[At] == '%') return true;
        var start = At;
        while (At < Text.Length && Text[At] is '?' or '!') At++;
        var isName = Name().Length > 0;
        if (isName && Skip(".")) Number();
        while (At < Text.Length && Text[At] is ' ' or '\t') At++;
        var begins = isName && Skip(":");
        At = start;
        return begins;
    }

    protected override bool BeginsComment() => Text[At] == '#' || string.CompareOrdinal(Text, At, "//", 0, 2) == 0;

    // A name for the branch makes no difference to its texts.
    protected override void EndBranch()
    {
        SkipSpace();
        if (!Skip("->")) return;
        SkipSpace();
        if (Name().Length == 0) throw Wrong("a name is expected after '->'");
    }

    protected override bool EndsBranch() => string.CompareOrdinal(Text, At, "->", 0, 2) == 0;

    protected override Node Atom()
    {
        if (Skip("(")) return Group(")");
        if (Skip("[")) return Table.Optional(Group("]"));
        if (Skip("\"")) return Spaced(String());
        if (Skip("/")) return Spaced(patterns.Whole(Slashed()));
        if (Name() is not { Length: > 0 } name) throw Wrong($"'{Text[At]}' is not expected");
        if (At < Text.Length && Text[At] == '{') throw Wrong("templates are not supported");
        return IsTerminal(name) ? Spaced(Rule(name)) : Rule(name);
    }

    protected override (int Least, int? Most)? Count()
    {
        if (!Skip("~")) return null;
        SkipSpace();
        var least = Number() ?? throw Wrong("a number is expected after '~'");
        return (least, Skip("..") ? Number() ?? throw Wrong("a number is expected after '..'") : least);
    }

    /// <summary>In a rule, ignored text may follow a terminal; inside a terminal nothing is ignored.</summary>
    Node Spaced(Node terminal) => inTerminal ? terminal : Table.Sequence(terminal, space);

    Node String()
    {
        var text = Quoted();
        if (Skip("i")) return Table.Sequence([.. text.EnumerateRunes().Select(rune => spelling.Of(EitherCase(rune.Value)))]);
        SkipSpace();
        if (!Skip("..")) return Literal(text);
        SkipSpace();
        if (!Skip("\"")) throw Wrong("a range is \"a\"..\"z\"");
        var last = Quoted();
        return text.Length == 1 && last.Length == 1 && text[0] <= last[0] ? spelling.Of(CharacterSet.Of((text[0], last[0])))
            : throw Wrong("a range has one character at each end, the lower first");
    }

    static CharacterSet EitherCase(int character) => character > char.MaxValue ? CharacterSet.One(character)
        : CharacterSet.Of((char.ToLowerInvariant((char)character), char.ToLowerInvariant((char)character)),
            (char.ToUpperInvariant((char)character), char.ToUpperInvariant((char)character)));

    string Slashed()
    {
        var start = At;
        for (var inClass = false; At < Text.Length && (inClass || Text[At] != '/'); At++)
            if (Text[At] == '\\') At++;
            else if (Text[At] is '[' or ']') inClass = Text[At] == '[';
        if (At >= Text.Length) throw Wrong("a pattern without its '/'");
        var pattern = Text[start..At++];
        if (At < Text.Length && char.IsAsciiLetter(Text[At])) throw Wrong($"the flag '{Text[At]}' of a pattern is not supported");
        return pattern;
    }

    void Directive(string name)
    {
        SkipSpace();
        inTerminal = true;
        if (name == "ignore") ignored.Add(Alternatives());
        else if (name == "import") Import();
        else throw Wrong($"%{name} is not supported");
    }

    void Import()
    {
        if (!Skip("common")) throw Wrong("only terminals of 'common' can be imported");
        SkipSpace();
        if (Skip("."))
        {
            var name = Name();
            EndImport(name);
            return;
        }
        if (!Skip("(")) throw Wrong("'.' or '(' is expected after 'common'");
        do
        {
            SkipSpace();
            EndImport(Name());
            SkipSpace();
        }
        while (Skip(","));
        if (!Skip(")")) throw Wrong("')' is expected");
    }

    void EndImport(string name)
    {
        if (!LarkCommon.Terminals.TryGetValue(name, out var pattern))
            throw Wrong($"'common' has no {name}; there are {string.Join(", ", LarkCommon.Terminals.Keys.Order())}");
        while (At < Text.Length && Text[At] is ' ' or '\t') At++;
        if (Skip("->"))
        {
            SkipSpace();
            name = Name();
        }
        Define(name, patterns.Whole(pattern));
    }

    // Terminals are written in capitals.
    static bool IsTerminal(string name) => name.Any(char.IsAsciiLetter) && !name.Any(char.IsAsciiLetterLower);

    string Name()
    {
        var start = At;
        while (At < Text.Length && (char.IsAsciiLetterOrDigit(Text[At]) || Text[At] == '_')) At++;
        return Text[start..At];
    }
}
