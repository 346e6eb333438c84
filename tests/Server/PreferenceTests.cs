// Votes are exported as rows of three formats, and rows of whole battles stored elsewhere give the same votes.
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.Trainer.Data;
using Xunit;

namespace Majlis.tests.Server;

public sealed class PreferenceTests(ArenaServer shared) : IClassFixture<ArenaServer>
{
    const string Path = "/v1/preferences";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_say_which_answer_was_preferred_and_give_the_same_votes_elsewhere()
    {
        var server = shared.Running;
        foreach (var verdict in new[] { "a", "b", "tie" }) await VoteAsync(server, verdict);
        var votes = await VotesAsync(server);
        Assert.Equal(3, votes.Count);

        var trl = await RowsAsync(server, "?format=trl");
        Assert.Equal(2, trl.Count);
        Assert.Equal((votes[0].Battle.A.Text, votes[0].Battle.B.Text), ((string?)trl[0]["chosen"]![0]!["content"],
            (string?)trl[0]["rejected"]![0]!["content"]));
        Assert.Equal(votes[1].Battle.B.Text, (string?)trl[1]["chosen"]![0]!["content"]);
        var openai = await RowsAsync(server, $"?format=openai&after={votes[0].Number}");
        Assert.Equal("which?", (string?)Assert.Single(openai)["input"]!["messages"]![0]!["content"]);
        Assert.Equal(votes[1].Battle.B.Text, (string?)openai[0]["preferred_output"]![0]!["content"]);

        await using var other = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("x")),
            options => options with { Redis = null });
        var lines = await server.Http.GetStringAsync(new Uri($"{Path}?format=battles", UriKind.Relative), Stop);
        Assert.Equal((3, 0), await ImportAsync(other, lines));
        Assert.Equal((0, 3), await ImportAsync(other, lines));
        Assert.Equal(votes.Select(VoteRow.Write), (await VotesAsync(other)).Select(VoteRow.Write));
        Assert.Equal(lines, await other.Http.GetStringAsync(new Uri($"{Path}?format=battles", UriKind.Relative), Stop));
    }

    [Theory]
    [InlineData("?format=csv", "format"), InlineData("?after=-1", "after"), InlineData("?since=1", "since")]
    public async Task A_wrong_query_is_named(string query, string param)
    {
        var reply = await shared.Running.Http.GetAsync(new Uri(Path + query, UriKind.Relative), Stop);
        Assert.Equal((HttpStatusCode.BadRequest, param), (reply.StatusCode, (string?)(await RunningServer.ErrorAsync(reply))["param"]));
    }

    [Theory]
    [InlineData("nonsense"), InlineData("null"), InlineData("{}"), InlineData("""{"schema":2}""")]
    public async Task A_line_that_is_no_vote_is_named_by_its_number(string line)
    {
        using var body = new StringContent($"\n{line}\n", Encoding.UTF8, "application/jsonl");
        var reply = await shared.Running.Http.PostAsync(new Uri(Path, UriKind.Relative), body, Stop);
        Assert.Equal((HttpStatusCode.BadRequest, "line 2"), (reply.StatusCode, (string?)(await RunningServer.ErrorAsync(reply))["param"]));
    }

    [Theory]
    [InlineData("{% if loud %}!{% endif %}{% for document in documents %}[{{ document.title }}={{ document.text }}]{% endfor %}")]
    [InlineData("{% if loud %}!{% endif %}")]
    public async Task A_row_of_a_chat_with_documents_makes_the_prompt_that_was_answered(string before)
    {
        var model = TinyModel.Of(new RecitingNetwork("One answer.", "Two words."), template: before + TinyText.Template);
        await using var server = await RunningServer.StartAsync(model, options => options with { Redis = null });
        await VoteAsync(server, "a",
            ""","documents":[{"title":"Rent","text":"731 dinars"}],"chat_template_kwargs":{"loud":true}""");
        var row = JsonNode.Parse((await RowsAsync(server, "?format=trl"))[0].ToJsonString())!.AsObject();
        var encoder = new RowEncoder(model.Tokenizer, model.ChatTemplate, null, wholeText: false, TimeProvider.System);
        var example = encoder.Answer(row["prompt"], row["chosen"]!, row, "");
        var battle = (await VotesAsync(server))[0].Battle;
        Assert.Equal(battle.A.PromptTokens, example.Tokens[..battle.A.PromptTokens.Length]);
        Assert.Contains("731 dinars", TinyText.Tokenizer.Decode(battle.A.PromptTokens, skipSpecialTokens: true), StringComparison.Ordinal);
    }

    internal static async Task VoteAsync(RunningServer server, string verdict, string fields = "")
    {
        var battle = await BattleAsync(server, fields);
        var reply = await server.PostAsync($"/v1/arena/battles/{battle}/vote", $$"""{"verdict":"{{verdict}}","comment":"why"}""");
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    // Both answers are drawn from the same texts; of two equal ones none is preferred.
    static async Task<string> BattleAsync(RunningServer server, string fields)
    {
        while (true)
        {
            var body = JsonNode.Parse($$"""{"messages":[{"role":"user","content":"which?"}]{{fields}}}""")!.AsObject();
            var events = (await RunningServer.EventsAsync(await server.StreamAsync("/v1/arena/battles", body))).SkipLast(1)
                .Select(line => JsonNode.Parse(line)!).ToList();
            string Answer(string side) => string.Concat(events.Where(each => (string?)each["side"] == side)
                .Select(each => (string?)each["delta"]!["content"]));
            if (Answer("a") != Answer("b")) return (string)events[0]["id"]!;
        }
    }

    internal static async Task<List<StoredVote>> VotesAsync(RunningServer server)
    {
        var votes = new List<StoredVote>();
        await foreach (var vote in new VoteCursor(server.Part<RedisConnection>()).ReadAsync(0)) votes.Add(vote);
        return votes;
    }

    static async Task<List<JsonNode>> RowsAsync(RunningServer server, string query) =>
        [.. (await server.Http.GetStringAsync(new Uri(Path + query, UriKind.Relative), Stop))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    internal static async Task<(int Added, int Known)> ImportAsync(RunningServer server, string lines)
    {
        using var body = new StringContent(lines, Encoding.UTF8, "application/jsonl");
        var reply = await RunningServer.JsonAsync(await server.Http.PostAsync(new Uri(Path, UriKind.Relative), body, Stop));
        return ((int)reply["added"]!, (int)reply["known"]!);
    }
}
