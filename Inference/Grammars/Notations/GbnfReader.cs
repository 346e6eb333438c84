// llama.cpp's GBNF (https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md). Texts begin with the rule root.
using Majlis.Inference.Grammars.Characters;
using Majlis.Inference.Grammars.Patterns;

namespace Majlis.Inference.Grammars.Notations;

sealed class GbnfReader(NodeTable table, string text) : RuleReader(table, text)
{
    readonly Spelling spelling = Spelling.Plain(table);

    protected override string Root => "root";

    protected override void ReadStatement()
    {
        if (!BeginsStatement()) throw Wrong("a rule is expected: name ::= ...");
        var name = Name();
        SkipSpace();
        Skip("::=");
        Define(name, Alternatives());
    }

    protected override bool BeginsStatement()
    {
        var start = At;
        var isName = Name().Length > 0;
        SkipSpace();
        var begins = isName && Skip("::=");
        At = start;
        return begins;
    }

    protected override bool BeginsComment() => Text[At] == '#';

    protected override Node Atom()
    {
        if (Skip("\"")) return Literal(Quoted());
        if (Skip("(")) return Group(")");
        if (Skip(".")) return spelling.Any;
        if (Skip("["))
        {
            var at = At;
            var set = ClassReader.Class(Text, ref at);
            At = at;
            return spelling.Of(set);
        }
        return Name() is { Length: > 0 } name ? Rule(name) : throw Wrong($"'{Text[At]}' is not expected");
    }

    protected override (int Least, int? Most)? Count()
    {
        if (!Skip("{")) return null;
        var least = Number();
        var most = Skip(",") ? Number() : least;
        return Skip("}") && (least ?? most) is not null ? (least ?? 0, most) : throw Wrong("a repetition is {n}, {n,} or {n,m}");
    }

    string Name()
    {
        var start = At;
        while (At < Text.Length && (char.IsAsciiLetterOrDigit(Text[At]) || Text[At] is '-' or '_')) At++;
        return Text[start..At];
    }
}
