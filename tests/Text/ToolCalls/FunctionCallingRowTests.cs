// The expected calls of the Berkeley function calling leaderboard's rows, written in each format and read back: whole and character by
// character, and, each row in one way of writing in turn, cut in two at every place.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Majlis.Text.Chat.ToolCalls;
using Xunit;

namespace Majlis.tests.Text.ToolCalls;

public sealed class FunctionCallingRowTests
{
    [Fact]
    public void Every_format_that_a_server_can_be_told_is_written()
    {
        var ways = WrittenCall.Ways([new("f", [])]).Select(way => way.Format).Distinct();
        Assert.Equal(ToolFormats.Names.Order(), ways.Order());
    }

    [Theory]
    [InlineData("BFCL_v4_simple_python.json")]
    [InlineData("BFCL_v4_parallel.json")]
    public void Rows_are_read_back_as_written(string file)
    {
        var rows = Rows(file);
        Assert.True(rows.Count > 100);
        var number = 0;
        foreach (var calls in rows)
        {
            var ways = WrittenCall.Ways(calls).ToList();
            var cut = ways[number++ % ways.Count];
            foreach (var (format, text) in ways)
                foreach (var pieces in (format, text) == cut ? ReadCalls.Cuts(text) : [[text], .. ReadCalls.Cuts(text).TakeLast(1)])
                    Check(calls, ReadCalls.Of(format, pieces, calls.Select(call => call.Tool)));
        }
    }

    internal static List<List<WrittenCall>> Rows(string file) =>
        [.. File.ReadLines(Shared.Require(Shared.Data("data", "bfcl", "possible_answer", file))).Select(Calls)];

    static void Check(List<WrittenCall> calls, (string Text, string Calls) read)
    {
        Assert.Equal("", read.Text);
        var expected = calls.Select(call => (call.Name, call.Arguments)).ToList();
        var parts = read.Calls;
        foreach (var (name, arguments) in expected)
        {
            Assert.StartsWith(name + " ", parts, StringComparison.Ordinal);
            var length = JsonLength(parts, name.Length + 1);
            Assert.True(JsonNode.DeepEquals(arguments, JsonNode.Parse(parts.Substring(name.Length + 1, length))), read.Calls);
            parts = parts[(name.Length + 1 + length)..].TrimStart('|');
        }
        Assert.Equal("", parts);
    }

    static int JsonLength(string text, int start)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text[start..] + " ");
        var reader = new System.Text.Json.Utf8JsonReader(bytes, isFinalBlock: false, default);
        Assert.True(reader.Read() && reader.TrySkip());
        return System.Text.Encoding.UTF8.GetString(bytes, 0, (int)reader.BytesConsumed).Length;
    }

    // Each argument has a list of values that are right; the empty text stands for leaving it out.
    static List<WrittenCall> Calls(string row) => [.. JsonNode.Parse(row)!["ground_truth"]!.AsArray().Select(truth =>
    {
        var (name, values) = truth!.AsObject().First();
        var arguments = new JsonObject();
        foreach (var (argument, right) in values!.AsObject())
            if (right!.AsArray() is [{ } first, ..] && !(first is JsonValue && first.ToString().Length == 0))
                arguments[argument] = first.DeepClone();
        return new WrittenCall(name, arguments);
    })];
}
