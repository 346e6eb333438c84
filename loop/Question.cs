// A question that the rater asks, and how it decides between two answers. Knows no HTTP and no model.
using System.Text.Json.Nodes;
using Majlis.recipes.starter;
using Majlis.recipes.starter.Rows;
using Majlis.recipes.starter.Scoring;
using Majlis.Text.Chat;

namespace Majlis.loop;

/// <param name="Messages">OpenAI's messages.</param>
/// <param name="Verdict">The vote on two answers: <c>a</c>, <c>b</c> or <c>tie</c>.</param>
sealed record Question(JsonArray Messages, Func<Answer, Answer, string> Verdict)
{
    /// <summary>Asks the starter's own questions in place of a file's.</summary>
    public const string Starter = "starter";

    // Most answers of a small model to a bare question run into the limit, and of two cut-off answers neither is the shorter.
    const string System = "Answer briefly, in one short sentence.";

    // Of the starter's voted questions; no stage of its training draws from it.
    const ulong Seed = 77;

    const int DrawnForVotes = 60;

    /// <summary>Passages to answer from; null where there are none.</summary>
    public JsonArray? Documents { get; init; }

    public Conversation Conversation => new(Messages) { Documents = Documents };

    /// <summary>
    /// All questions of a source: the lines of a file, or, for <see cref="Starter"/>, sixty drawn as its training draws them and then the
    /// held-out ones.
    /// </summary>
    public static Question[] All(string source) => source == Starter
        ? [.. Drawn().Concat(HeldOutItems.Read()).Select(Of)]
        : [.. File.ReadLines(source).Select(Plain)];

    public static Question Plain(string text) => new([Item.Message("system", System), Item.Message("user", text)], Shorter);

    static IEnumerable<Item> Drawn()
    {
        var mixture = Mixture.Named("sft");
        return Enumerable.Range(0, DrawnForVotes).Select(index => mixture.Draw(Seed, index));
    }

    static Question Of(Item item) => new(item.Messages(), (a, b) => Brief(item, a, b)) { Documents = item.DocumentsJson };

    /// <summary>A brief answer wins over an elaborate one; of two in one style the shorter wins.</summary>
    static string Brief(Item item, Answer a, Answer b) => (Scoreboard.IsBrief(item, a.Text), Scoreboard.IsBrief(item, b.Text)) switch
    {
        (true, false) => "a",
        (false, true) => "b",
        _ => Shorter(a, b),
    };

    /// <summary>
    /// The rater prefers fewer characters, without surrounding white space. Of two answers that were both cut off, neither is known to
    /// be shorter.
    /// </summary>
    static string Shorter(Answer a, Answer b) =>
        a.IsCut && b.IsCut ? "tie" : a.Length.CompareTo(b.Length) switch { < 0 => "a", > 0 => "b", _ => "tie" };
}
