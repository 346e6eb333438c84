// The held-out items as the trainer's gate takes them (--tasks). Knows no checks.
using Majlis.Evaluation;
using Majlis.recipes.starter.Checks;

namespace Majlis.recipes.starter.Rows;

public static class TaskRows
{
    /// <summary>Those that patterns can judge, in the file's order.</summary>
    public static IEnumerable<AnswerItem> Of(IEnumerable<Item> items) => items.Select(Row).OfType<AnswerItem>();

    static AnswerItem? Row(Item item) => AnswerPatterns.Of(item) is not { } patterns ? null
        : new AnswerItem(Task(item), item.Messages(), patterns.Matches) { Documents = item.DocumentsJson, Excludes = patterns.Excludes };

    static string Task(Item item) => item.Check is UnanswerableCheck ? "unanswerable" : item.Kind;
}
