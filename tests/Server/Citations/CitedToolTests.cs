// What tools answered is cited as documents are: by the number of the call, behind the documents where there are some.
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server.Citations;

public sealed class CitedToolTests
{
    const string Messages = """
        {"messages":[{"role":"user","content":"hi"},
         {"role":"assistant","tool_calls":[
           {"id":"a b","type":"function","function":{"name":"get_weather","arguments":"{}"}},
           {"id":"c","type":"function","function":{"name":"get_time","arguments":"{}"}}]},
         {"role":"tool","tool_call_id":"a b","content":"{\"degrees\":21}"},{"role":"tool","tool_call_id":"c","content":"noon"}]}
        """;

    static async Task<JsonNode> MessageAsync(string written, string more)
    {
        await using var server = await RunningServer.StartAsync(
            TinyModel.Of(new RecitingNetwork(written) { OnceToolsAnswered = written }, template: CitingServer.Template.Replace(
                "message['content']", "(message['content'] or '')", StringComparison.Ordinal)), options => options with { Redis = null });
        var fields = JsonNode.Parse(Messages)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(more)!.AsObject()) fields[name] = value?.DeepClone();
        return (await RunningServer.JsonAsync(await server.ChatAsync(fields)))["choices"]![0]!["message"]!;
    }

    [Fact]
    public async Task A_tools_result_is_a_source_with_its_output()
    {
        var message = await MessageAsync("<co>Warm</co: 0:[0]> at <co>noon</co: 0:[1],1:[0],2:[0]>.", "{}");
        Assert.Equal("Warm at noon.", (string)message["content"]!);
        var sources = message["citations"]!.AsArray().SelectMany(citation => citation!["sources"]!.AsArray()).ToList();
        Assert.Equal(["""{"type":"tool","id":"a b:0","tool_output":{"degrees":21}}""",
            """{"type":"tool","id":"c:0","tool_output":{"content":"noon"}}"""], sources.Select(source => source!.ToJsonString()));
        var annotations = message["annotations"]!.AsArray().Select(one => one!["url_citation"]!).ToList();
        Assert.Equal(["get_weather", "get_time"], annotations.Select(one => (string)one["title"]!));
        Assert.Equal("tool:a%20b%3A0", (string)annotations[0]["url"]!);
    }

    [Fact]
    public async Task Documents_come_before_what_tools_answered()
    {
        var message = await MessageAsync("<co>Towns</co: 0:[0]>, <co>warm</co: 1:[0]>.", $$"""{"documents":{{CitingServer.Documents}}}""");
        Assert.Equal(["a b/ج", "a b:0"], message["citations"]!.AsArray().Select(citation => (string)citation!["sources"]![0]!["id"]!));
    }

    [Theory]
    [InlineData("fast", 1)]
    [InlineData("accurate", 1)]
    [InlineData("off", 0)]
    public async Task The_mode_holds_for_tools_too(string mode, int count)
    {
        var message = await MessageAsync("<co>Warm</co: 0:[0]>.", $$$"""{"citation_options":{"mode":"{{{mode}}}"}}""");
        Assert.Equal(("Warm.", count), ((string)message["content"]!, message["citations"]?.AsArray().Count ?? 0));
    }
}
