// What tells a right answer from a wrong one, as data that a file of items can hold. Knows no model.
using System.Text.Json.Serialization;

namespace Majlis.recipes.starter.Checks;

/// <param name="Citation">Whether the first citation names the right document and all its spans stand there; null where none is
/// asked for.</param>
public readonly record struct Verdict(bool IsRight, bool? Citation = null);

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(CitedCheck), "cited")]
[JsonDerivedType(typeof(UnanswerableCheck), "unanswerable")]
[JsonDerivedType(typeof(WordCheck), "words")]
[JsonDerivedType(typeof(NumberCheck), "number")]
[JsonDerivedType(typeof(FormCheck), "form")]
public abstract record AnswerCheck
{
    public abstract Verdict Judge(string answer, Item item);
}

/// <summary>The value stands in the answer, none of the other documents' values does, and the citation is right.</summary>
public sealed record CitedCheck(string Value, int Document, IReadOnlyList<string> Others) : AnswerCheck
{
    public override Verdict Judge(string answer, Item item)
    {
        var text = Citations.Without(answer);
        var right = Texts.HasWords(text, Value) && !Others.Any(other => Texts.HasWords(text, other));
        var cited = Citations.In(answer);
        return new Verdict(right, cited.Count > 0 && cited[0].Documents is [var first] && first == Document
            && cited[0].Span == Value && cited.TrueForAll(citation => IsSupported(citation, item)));
    }

    static bool IsSupported(Citation citation, Item item) => citation.Documents.All(document => document < item.Documents.Count
        && item.Documents[document].Text.Contains(citation.Span, StringComparison.Ordinal));
}

/// <summary>The answer says that the documents do not hold it, and cites nothing.</summary>
public sealed record UnanswerableCheck : AnswerCheck
{
    public override Verdict Judge(string answer, Item item) =>
        new(Citations.In(answer).Count == 0 && Refusals.Markers(item.Language).Any(marker => Texts.HasWords(answer, marker)));
}

/// <summary>One of these stands in the answer.</summary>
public sealed record WordCheck(IReadOnlyList<string> Any) : AnswerCheck
{
    public override Verdict Judge(string answer, Item item) => new(Any.Any(words => Texts.HasWords(answer, words)));
}

/// <summary>The last number of the answer.</summary>
public sealed record NumberCheck(int Value) : AnswerCheck
{
    public override Verdict Judge(string answer, Item item) => new(Texts.LastNumber(answer) == Value);
}

/// <summary>A form by its rule's name; see <see cref="Forms"/>.</summary>
/// <param name="Number">Of words, sentences or points, where the rule has one.</param>
/// <param name="Words">Words, keys or closing words, where the rule has them.</param>
public sealed record FormCheck(string Rule, int Number, IReadOnlyList<string> Words) : AnswerCheck
{
    public override Verdict Judge(string answer, Item item) => new(Forms.Holds(this, answer));
}
