// A question that the rater asks, and how it decides between two answers. Knows no HTTP and no model.
using System.Globalization;
using System.Text.Json.Nodes;
using Majlis.recipes.starter;
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Rows;
using Majlis.recipes.starter.Scoring;
using Majlis.Text.Chat;

namespace Majlis.loop;

/// <param name="Messages">OpenAI's messages.</param>
/// <param name="Verdict">The vote on two answers: <c>a</c>, <c>b</c>, <c>tie</c>, or <c>skip</c> where neither is what is judged.</param>
sealed record Question(JsonArray Messages, Func<Answer, Answer, string> Verdict)
{
    // Asks the starter's own questions in place of a file's; behind it stands a seed.
    const string Starter = "starter:";

    // Most answers of a small model to a bare question run into the limit, and of two cut-off answers neither is the shorter.
    const string System = "Answer briefly, in one short sentence.";

    // Of a file.
    const int LinesForVotes = 60;

    // Of the starter's; the votes take as many as they need.
    const int Drawn = 400;

    // Hotter, most of two answers' difference is slips of a small model, and the style is lost among them.
    const double StarterTemperature = 0.6;

    /// <summary>Passages to answer from; null where there are none.</summary>
    public JsonArray? Documents { get; init; }

    /// <summary>Of a battle's answers.</summary>
    public double Temperature { get; init; } = 1;

    public Conversation Conversation => new(Messages) { Documents = Documents };

    /// <summary>
    /// What a source has for votes: the first lines of a file, or, for <c>starter:SEED</c>, questions drawn from the wordings of its
    /// training.
    /// </summary>
    public static Question[] ToVoteOn(string source) => IsStarter(source)
        ? [.. Draw(ulong.Parse(source[Starter.Length..], CultureInfo.InvariantCulture)).Select(Of)]
        : [.. File.ReadLines(source).Take(LinesForVotes).Select(Plain)];

    /// <summary>What it has to judge by: the file's other lines, or the starter's held-out items.</summary>
    public static Question[] Unseen(string source) => IsStarter(source)
        ? [.. HeldOutItems.Read().Select(Of)]
        : [.. File.ReadLines(source).Skip(LinesForVotes).Select(Plain)];

    public static Question Plain(string text) => new([Item.Message("system", System), Item.Message("user", text)], Shorter);

    static bool IsStarter(string source) => source.StartsWith(Starter, StringComparison.Ordinal);

    static IEnumerable<Item> Draw(ulong seed)
    {
        var mixture = Mixture.Named("votes");
        return Enumerable.Range(0, Drawn).Select(index => mixture.Draw(seed, index));
    }

    static Question Of(Item item) => new(item.Messages(), (a, b) => Brief(item, a, b))
    {
        Documents = item.DocumentsJson,
        Temperature = StarterTemperature,
    };

    /// <summary>
    /// A brief answer wins over an elaborate one; between two in one style there is nothing to choose. Brevity is no reason to be wrong or
    /// to guess: a right answer wins over a wrong one in any style, and of two wrong ones that which says that the documents do not tell.
    /// </summary>
    static string Brief(Item item, Answer a, Answer b)
    {
        if (IsRight(item, a) != IsRight(item, b)) return IsRight(item, a) ? "a" : "b";
        if (Refuses(a) != Refuses(b)) return Refuses(a) ? "a" : "b";
        return (Scoreboard.IsBrief(item, a.Text), Scoreboard.IsBrief(item, b.Text)) switch
        {
            (true, false) => "a",
            (false, true) => "b",
            _ => "skip",
        };
    }

    static bool IsRight(Item item, Answer answer) => item.Check.Judge(answer.Text, item).IsRight;

    static bool Refuses(Answer answer) =>
        Names.Languages.Any(language => Refusals.Markers(language).Exists(words => Texts.HasWords(answer.Text, words)));

    /// <summary>
    /// The rater prefers fewer characters, without surrounding white space. Of two answers that were both cut off, neither is known to
    /// be shorter.
    /// </summary>
    static string Shorter(Answer a, Answer b) =>
        a.IsCut && b.IsCut ? "tie" : a.Length.CompareTo(b.Length) switch { < 0 => "a", > 0 => "b", _ => "tie" };
}
