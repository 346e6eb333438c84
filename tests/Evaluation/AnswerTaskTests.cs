// Tasks of a team's own: which answers are right, and what is said of a file that cannot be read.
using Majlis.Evaluation;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Evaluation;

public sealed class AnswerTaskTests
{
    const string Row = """
        {"task": "capitals", "messages": [{"role": "user", "content": "Rome?"}], "matches": ["(?i)\\bitaly\\b"], "excludes": ["،"]}
        """;

    [Fact]
    public void An_answer_is_right_where_every_pattern_is_found_and_nothing_excluded_is()
    {
        var item = Assert.Single(Read(Row, ""));
        Assert.Equal("capitals", item.Task);
        Assert.True(item.Accepts("It lies in ITALY."));
        Assert.False(item.Accepts("Italy، of course"));
        Assert.False(item.Accepts("Italyland"));
        Assert.False(item.Accepts(""));
    }

    [Fact]
    public void Documents_reach_the_conversation()
    {
        var row = Row.Replace("{\"task\"", "{\"documents\": [{\"text\": \"Rome is in Italy.\"}], \"task\"", StringComparison.Ordinal);
        var item = Assert.Single(Read(row));
        Assert.Equal("Rome is in Italy.", item.Conversation.Documents![0]!["text"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("{", "line 2")]
    [InlineData("4", "must be an object")]
    [InlineData("null", "expected an object with 'task'")]
    [InlineData("""{"task": "t", "matches": ["a"]}""", "'messages'")]
    [InlineData("""{"task": "t", "messages": [], "matches": ["a"]}""", "'messages' is empty")]
    [InlineData("""{"task": "t", "messages": [{}], "matches": []}""", "every answer would be right")]
    [InlineData("""{"task": "t", "messages": [{}], "matches": ["("]}""", "'(' is no regular expression")]
    [InlineData("""{"task": "t", "messages": [{}], "matches": ["a"], "match": 1}""", "'match'")]
    public void A_line_that_is_no_item_is_named_with_its_file(string line, string expected)
    {
        var wrong = Assert.Throws<ModelFormatException>(() => Read(Row, line)).Message;
        Assert.Contains("tasks.jsonl line 2: ", wrong, StringComparison.Ordinal);
        Assert.Contains(expected, wrong, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_items_is_refused() =>
        Assert.Contains("there is no item", Assert.Throws<ModelFormatException>(() => Read("", "")).Message, StringComparison.Ordinal);

    static IReadOnlyList<AnswerItem> Read(params string[] lines)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder.File("tasks.jsonl"), lines);
        return AnswerTasks.Read(folder.File("tasks.jsonl"));
    }
}
