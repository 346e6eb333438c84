// Reads a pattern's source into its parts. Knows no wordings.
namespace Majlis.recipes.starter.Grammar;

sealed class PatternReader(string source)
{
    int at;

    public List<Part> All()
    {
        var branches = Branches();
        if (at < source.Length) throw Wrong($"unexpected '{source[at]}' at character {at}");
        return branches.Count == 1 ? branches[0] : throw Wrong("unexpected '|' outside of brackets");
    }

    // Up to the ']' or '}' that closes what encloses them, which stays unread.
    List<List<Part>> Branches()
    {
        var branches = new List<List<Part>> { new() };
        while (at < source.Length && source[at] is not (']' or '}'))
            if (source[at] == '|')
            {
                at++;
                branches.Add([]);
            }
            else branches[^1].Add(source[at] switch { '[' => Choice(), '{' => Slot(), _ => Words() });
        return branches;
    }

    ChoicePart Choice()
    {
        var open = at++;
        var choice = new ChoicePart(Branches());
        Close(']', open);
        return choice;
    }

    Part Slot()
    {
        var open = at++;
        var start = at;
        while (at < source.Length && char.IsAsciiLetterOrDigit(source[at])) at++;
        var name = source[start..at];
        if (at == source.Length || source[at] != ':')
        {
            Close('}', open);
            return new SlotPart(name);
        }
        at++;
        var forms = Branches();
        Close('}', open);
        return forms is [var masculine, var feminine] ? new AgreeingPart(name, masculine, feminine)
            : throw Wrong($"'{name}' needs a masculine and a feminine form at character {open}");
    }

    WordsPart Words()
    {
        var start = at;
        while (at < source.Length && source[at] is not ('[' or ']' or '{' or '}' or '|')) at++;
        return new WordsPart(source[start..at]);
    }

    void Close(char bracket, int open)
    {
        if (at == source.Length || source[at] != bracket) throw Wrong($"'{source[open]}' at character {open} is not closed");
        at++;
    }

    FormatException Wrong(string what) => new($"The pattern '{source}': {what}.");
}
