// Removes scalars' anchors from a YAML scanner's tokens and remembers them by the scalar's position, because YamlDotNet 18.1's parser
// wrongly refuses {a: &x 1, b: 2}: an anchored scalar that is not last in a mapping in braces. Knows tokens only.
using YamlDotNet.Core;
using YamlDotNet.Core.Tokens;

namespace Majlis.Merge.Recipes;

sealed class AnchorScanner(Scanner inner) : IScanner
{
    readonly Dictionary<long, string> anchors = [];
    Token? current;

    // The inner scanner is one token ahead of the current one.
    bool isAhead;

    public Mark CurrentPosition => inner.CurrentPosition;

    public Token? Current => current;

    /// <summary>The anchor of the scalar that ends there (a tag may stand where it begins).</summary>
    public string? AnchorAt(Mark place) => anchors.GetValueOrDefault(place.Index);

    public bool MoveNext()
    {
        if (current is not null) ConsumeCurrent();
        return MoveNextWithoutConsuming();
    }

    public bool MoveNextWithoutConsuming()
    {
        if (!isAhead && !inner.MoveNextWithoutConsuming()) return false;
        isAhead = false;
        current = inner.Current;
        if (current is not Anchor anchor) return true;
        inner.ConsumeCurrent();
        isAhead = inner.MoveNextWithoutConsuming();
        if (!isAhead || inner.Current is not Scalar scalar) return true;
        anchors[scalar.End.Index] = anchor.Value.Value;
        (current, isAhead) = (scalar, false);
        return true;
    }

    public void ConsumeCurrent()
    {
        if (!isAhead) inner.ConsumeCurrent();
        current = null;
    }
}
