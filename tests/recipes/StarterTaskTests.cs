// The held-out items as the gate's tasks: the patterns judge as the checks do, and the file reads back.
using Majlis.Evaluation;
using Majlis.recipes.starter;
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Rows;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.recipes;

public sealed class StarterTaskTests
{
    static readonly List<Item> items = HeldOutItems.Read();

    /// <summary>Each item is shown its own answers and those of its neighbours, most of which are wrong for it.</summary>
    [Fact]
    public void Patterns_judge_as_the_checks_do()
    {
        var differing = new List<string>();
        for (var i = 0; i < items.Count; i++)
        {
            if (AnswerPatterns.Of(items[i]) is not { } patterns) continue;
            var task = new AnswerItem("t", [], patterns.Matches) { Excludes = patterns.Excludes };
            foreach (var other in Enumerable.Range(-3, 7).Select(step => items[(i + step + items.Count) % items.Count]))
                foreach (var answer in new[] { other.Brief, other.Elaborate, "", "The documents do not say." })
                    if (task.Accepts(answer) != IsGood(items[i], answer)) differing.Add($"{items[i].Question} | {answer}");
        }
        Assert.Empty(differing);
    }

    [Fact]
    public void The_gate_reads_them_back()
    {
        using var folder = new TemporaryFolder();
        JsonLines.Write(folder.File("tasks.jsonl"), TaskRows.Of(items));
        var read = AnswerTasks.Read(folder.File("tasks.jsonl"));
        Assert.Equal(["arithmetic", "dialogue", "documents", "facts", "instructions", "unanswerable"],
            read.Select(item => item.Task).Distinct().Order());
        Assert.True(read.Count > 0.85 * items.Count, $"{read.Count} of {items.Count}");
    }

    static bool IsGood(Item item, string answer) => item.Check.Judge(answer, item) is { IsRight: true, Citation: not false };
}
