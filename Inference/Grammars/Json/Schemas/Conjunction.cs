// Subschemas that must hold together, which is what a value is compiled from: allOf and references are opened, other keywords said with
// fewer. Two such sets with equal members are the same. Knows no bytes.
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Majlis.Inference.Grammars.Json.Schemas;

sealed class Conjunction
{
    Conjunction(IReadOnlyList<SchemaPart> parts) => Parts = parts;

    /// <summary>In the order in which the schema names them.</summary>
    public IReadOnlyList<SchemaPart> Parts { get; }

    /// <summary>What makes it one and the same.</summary>
    public string Key => string.Join('\n', Parts.Select(part => part.Key));

    /// <summary>Opens what can be opened; null where one part is false, so that nothing fits.</summary>
    /// <exception cref="GrammarException">A reference leads nowhere or to itself, or a keyword cannot be said with others.</exception>
    public static Conjunction? Of(IEnumerable<SchemaPart> parts)
    {
        var (opened, seen) = (new List<SchemaPart>(), new HashSet<string>());
        return parts.All(part => Open(part, opened, seen, [])) ? new(opened) : null;
    }

    static bool Open(SchemaPart part, List<SchemaPart> opened, HashSet<string> seen, HashSet<string> within)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (part.IsFalse) return false;
        if (part.IsTrue) return true;
        if (!within.Add(part.Key)) throw part.Wrong("$ref", "the reference leads back to itself.");
        var fine = !seen.Add(part.Key) || OpenNew(part, opened, seen, within);
        within.Remove(part.Key);
        return fine;
    }

    static bool OpenNew(SchemaPart part, List<SchemaPart> opened, HashSet<string> seen, HashSet<string> within)
    {
        // First, because they look at the keywords that are opened next.
        if (Unevaluated.Rewrite(part) is { } said) return said.All(one => Open(one, opened, seen, within));
        foreach (var keyword in SchemaResource.References)
            if (part[keyword] is { } reference)
            {
                var target = part.Resource.Follow(part, keyword, reference);
                return (part.Resource.IsOld || Open(part.Without(keyword), opened, seen, within)) && Open(target, opened, seen, within);
            }
        if (part["allOf"] is { } all)
            return Open(part.Without("allOf"), opened, seen, within)
                && all.EnumerateArray().Select((one, i) => part.Child(one, "allOf", $"{i}")).ToList()
                    .TrueForAll(one => Open(one, opened, seen, within));
        if (SchemaRewriter.Rewrite(part) is { } rewritten) return rewritten.All(one => Open(one, opened, seen, within));
        opened.Add(part);
        return true;
    }

    /// <summary>The branches of the first anyOf, each with everything else; null where there is none.</summary>
    public IEnumerable<Conjunction?>? Branches()
    {
        for (var i = 0; i < Parts.Count; i++)
            if (Parts[i]["anyOf"] is { } any)
            {
                var (part, at) = (Parts[i], i);
                return any.EnumerateArray().Select((one, j) => Of(
                    [.. Parts.Take(at), part.Without("anyOf"), .. Parts.Skip(at + 1), part.Child(one, "anyOf", $"{j}")])).ToList();
            }
        return null;
    }

    /// <summary>Every value of a keyword, with the part that holds it.</summary>
    public IEnumerable<(SchemaPart Part, JsonElement Value)> All(string keyword)
    {
        foreach (var part in Parts)
            if (part[keyword] is { } value) yield return (part, value);
    }

    public bool Has(params ReadOnlySpan<string> keywords)
    {
        foreach (var keyword in keywords)
            if (All(keyword).Any()) return true;
        return false;
    }

    /// <summary>The tightest of several lower bounds of a count.</summary>
    public int Least(string keyword) => All(keyword).Select(one => Count(one.Value)).Append(0).Max();

    /// <summary>The tightest of several upper bounds; null without any.</summary>
    public int? Most(string keyword) =>
        All(keyword).Select(one => Count(one.Value)).ToList() is { Count: > 0 } all ? all.Min() : null;

    /// <summary>A count, which may be written as 1.0 or 1e0.</summary>
    public static int Count(JsonElement value) => (int)ExactNumber.Parse(value.GetRawText())!.Value.Digits;
}
