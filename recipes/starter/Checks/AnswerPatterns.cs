// Checks as patterns, so that the trainer's gate can hold the starter to its held-out items. Knows no model.
using System.Globalization;
using System.Text.RegularExpressions;

namespace Majlis.recipes.starter.Checks;

/// <param name="Matches">Regular expressions that all must be found in a right answer.</param>
/// <param name="Excludes">Regular expressions of which none may be.</param>
public sealed record AnswerPatterns(IReadOnlyList<string> Matches, IReadOnlyList<string> Excludes)
{
    /// <summary>Null where no pattern says it: the number of sentences, tashkeel, beginning with verbs.</summary>
    public static AnswerPatterns? Of(Item item) => item.Check switch
    {
        CitedCheck cited => new(
            [$@"<co>\s*{Regex.Escape(cited.Value)}\s*{Regex.Escape(Citations.Mark("", cited.Document)["<co>".Length..])}"],
            [.. cited.Others.Select(Words)]),
        UnanswerableCheck => new([Any(Refusals.Markers(item.Language))], ["<co>"]),
        WordCheck words => new([Any(words.Any)], []),
        NumberCheck number => new([string.Create(CultureInfo.InvariantCulture, $@"(?<!\d){number.Value}(?!\d)\D*\z")], []),
        FormCheck form => Form(form),
        _ => null,
    };

    static AnswerPatterns? Form(FormCheck form) => form.Rule switch
    {
        "no_commas" => new([@"\S"], ["[,،]"]),
        "max_words" => new([Invariant($@"\A\s*(?:\S+\s+){{0,{form.Number - 1}}}\S+\s*\z")], []),
        "bullets" => new([Invariant($@"\A(?:(?!\* ).*\n)*(?:\* .*(?:\n(?!\* ).*)*(?:\n|\z)){{{form.Number}}}\z")], []),
        "keywords" => new([.. form.Words.Select(word => "(?i)" + Regex.Escape(word))], []),
        "json" => new([@"\A\s*\{", @"\}\s*\z", .. form.Words.Select(key => $"\"{Regex.Escape(key)}\"\\s*:")], []),
        "end" => new([Regex.Escape(form.Words[0]) + @"\s*\z"], []),
        "quotes" => new(["""\A\s*"[\s\S]+"\s*\z"""], []),
        "title" => new([@"<<[\s\S]+?>>"], []),
        "lowercase" => new([@"\p{Ll}"], [@"\p{Lu}"]),
        _ => null,
    };

    static string Any(IEnumerable<string> words) => $"(?i){string.Join('|', words.Select(Words))}";

    static string Words(string words) => $@"(?<![\p{{L}}\p{{N}}]){Regex.Escape(words)}(?![\p{{L}}\p{{N}}])";

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
