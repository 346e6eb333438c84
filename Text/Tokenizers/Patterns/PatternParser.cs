// Parses the regular expressions that tokenizers use, in Oniguruma's Ruby syntax, as the Rust library does.
// It refuses what it does not know (back-references, scripts, conditions) by name; it never guesses.
using System.Globalization;

namespace Majlis.Text.Tokenizers.Patterns;

/// <summary>Recursive descent over one pattern. Nesting is bounded, so no pattern exhausts the stack.</summary>
sealed class PatternParser(string pattern)
{
    const int MaxDepth = 64;

    readonly SetParser sets = new(pattern);
    int position;
    int depth;
    bool ignoreCase;
    bool dotAll;

    public static PatternNode Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        var node = parser.Choice();
        return parser.position == pattern.Length ? node : throw parser.Refuse("an unmatched )");
    }

    bool More => position < pattern.Length;

    bool Take(string text)
    {
        if (!pattern.AsSpan(position).StartsWith(text, StringComparison.Ordinal)) return false;
        position += text.Length;
        return true;
    }

    PatternNode Choice()
    {
        if (++depth > MaxDepth) throw Refuse("more than 64 nested groups");
        List<PatternNode> branches = [Sequence()];
        while (Take("|")) branches.Add(Sequence());
        depth--;
        return branches is [var single] ? single : new ChoiceNode(branches);
    }

    PatternNode Sequence()
    {
        List<PatternNode> parts = [];
        while (More && pattern[position] is not ('|' or ')')) parts.Add(Repeated(Atom()));
        return parts is [var single] ? single : new SequenceNode(parts);
    }

    PatternNode Repeated(PatternNode body)
    {
        while (More)
        {
            var (least, most) = (0, int.MaxValue);
            var counted = false;
            if (Take("*")) { }
            else if (Take("+")) least = 1;
            else if (Take("?")) most = 1;
            else if (pattern[position] == '{' && TryBounds(out least, out most)) counted = true;
            else return body;
            // In this syntax {n,m}+ repeats the repetition; only *+ ++ ?+ are possessive.
            var greed = Take("?") ? Greed.Lazy : !counted && Take("+") ? Greed.Possessive : Greed.Greedy;
            body = new RepeatNode(body, least, most, greed);
        }
        return body;
    }

    bool TryBounds(out int least, out int most)
    {
        (least, most) = (0, int.MaxValue);
        var end = pattern.IndexOf('}', position);
        if (end < 0) return false;
        var bounds = pattern[(position + 1)..end].Split(',');
        if (bounds.Length > 2 || bounds.All(bound => bound.Length == 0) || !bounds.All(IsCount)) return false;
        least = bounds[0].Length == 0 ? 0 : int.Parse(bounds[0], CultureInfo.InvariantCulture);
        most = bounds.Length == 1 ? least : bounds[1].Length == 0 ? int.MaxValue : int.Parse(bounds[1], CultureInfo.InvariantCulture);
        position = end + 1;
        return true;
    }

    static bool IsCount(string text) => text.Length < 6 && text.All(char.IsAsciiDigit);

    PatternNode Atom()
    {
        var unit = pattern[position];
        if (unit == '(') return Group();
        if (unit == '[') return One(sets.Bracket(ref position));
        if (Take(".")) return One(dotAll ? new KindTerm(CodePointKinds.All) : new NotTerm(new RangeTerm('\n', '\n')));
        if (Take("^")) return new AnchorNode(Anchor.LineStart);
        if (Take("$")) return new AnchorNode(Anchor.LineEnd);
        if (unit is '*' or '+' or '?') throw Refuse($"a {unit} with nothing before it");
        if (unit == '\\') return Escape();
        var codePoint = CodePoints.At(pattern, position);
        position += CodePoints.Size(codePoint);
        return One(new RangeTerm(codePoint, codePoint));
    }

    PatternNode Escape()
    {
        if (Take(@"\A")) return new AnchorNode(Anchor.TextStart);
        if (Take(@"\z")) return new AnchorNode(Anchor.TextEnd);
        if (Take(@"\Z")) return new AnchorNode(Anchor.TextEndOrLastBreak);
        if (Take(@"\b")) return new AnchorNode(Anchor.WordEdge);
        if (Take(@"\B")) return new AnchorNode(Anchor.NotWordEdge);
        return One(sets.Escape(ref position));
    }

    OneNode One(SetTerm term) => new(new CodePointSet(!ignoreCase ? term
        : term is NotTerm not ? new NotTerm(new FoldedTerm(not.Inner))
        : new FoldedTerm(term)));

    PatternNode Group()
    {
        var (caseBefore, dotBefore) = (ignoreCase, dotAll);
        position++;
        PatternNode node;
        if (Take("?:")) node = Choice();
        else if (Take("?=")) node = new LookNode(Choice(), false, null);
        else if (Take("?!")) node = new LookNode(Choice(), true, null);
        else if (Take("?<=")) node = Behind(negated: false);
        else if (Take("?<!")) node = Behind(negated: true);
        else if (Take("?>")) node = new AtomicNode(Choice());
        else if (Take("?#")) node = Comment();
        else if (Take("?<")) node = Named();
        else if (Take("?")) node = Flagged(ref caseBefore, ref dotBefore);
        else node = Choice();
        if (!Take(")")) throw Refuse("a ( that is never closed");
        (ignoreCase, dotAll) = (caseBefore, dotBefore);
        return node;
    }

    SequenceNode Comment()
    {
        while (More && pattern[position] != ')') position++;
        return new SequenceNode([]);
    }

    PatternNode Named()
    {
        var end = pattern.IndexOf('>', position);
        if (end < 0) throw Refuse("a group name that is never closed");
        position = end + 1;
        return Choice();
    }

    /// <summary>(?im-im:...) applies inside the group; (?im) at the pattern's start applies to all of it.</summary>
    PatternNode Flagged(ref bool caseAround, ref bool dotAround)
    {
        var atStart = position == 2;
        for (var on = true; More && pattern[position] is not (':' or ')'); position++)
        {
            if (pattern[position] == '-') on = false;
            else if (pattern[position] == 'i') ignoreCase = on;
            else if (pattern[position] == 'm') dotAll = on;
            else throw Refuse($"the group (?{pattern[position]}");
        }
        if (Take(":")) return Choice();
        if (!atStart) throw Refuse("flags in its middle");
        (caseAround, dotAround) = (ignoreCase, dotAll);
        return new SequenceNode([]);
    }

    LookNode Behind(bool negated)
    {
        var body = Choice();
        return new LookNode(body, negated, PatternShape.Width(body) ?? throw Refuse("a look-behind of no fixed width"));
    }

    ModelFormatException Refuse(string what) => new($"the pattern {pattern} has {what} (at {position}).");
}
