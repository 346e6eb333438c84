// What an import of votes refuses, line by line, and how long it may be.
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Feedback.Votes;
using Xunit;

namespace Majlis.tests.Server;

public sealed class PreferenceImportTests(ArenaServer shared) : IClassFixture<ArenaServer>
{
    const string Path = "/v1/preferences";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\"verdict\":\"A\"", "\"verdict\":1", "verdict")]
    [InlineData("\"verdict\":\"A\"", "\"verdict\":\"7\"", "verdict")]
    [InlineData("\"propensity\":1", "\"propensity\":-1", "battle.propensity")]
    [InlineData("\"propensity\":1", "\"propensity\":0", "battle.propensity")]
    [InlineData("\"completion_tokens\":[", "\"completion_tokens\":[-5,", "battle.a.completion_tokens")]
    [InlineData("\"log_probabilities\":[", "\"log_probabilities\":[-1,", "battle.a.log_probabilities")]
    [InlineData("\"messages_json\":\"", "\"messages_json\":\"no ", "battle.messages_json")]
    [InlineData("\"cookie_age\":\"", "\"cookie_age\":\"-", "vote.cookie_age")]
    [InlineData("\"at\":\"20", "\"at\":\"00", "at")]
    [InlineData("\"votes_this_minute\":", "\"votes_this_minute\":-", "marks.votes_this_minute")]
    [InlineData("\"battle_id\":\"", "\"battle_id\":\"x", "vote.battle_id")]
    [InlineData("\"rater\":\"", "\"rater\":\"x", "battle.rater")]
    [InlineData("\"tags\":[", "\"tags\":[null", "vote.tags")]
    public async Task A_vote_that_could_stop_a_round_or_teach_the_opposite_is_refused_by_its_field(string right, string wrong, string field)
    {
        var server = shared.Running;
        await PreferenceTests.VoteAsync(server, "a");
        var row = VoteRow.Write((await PreferenceTests.VotesAsync(server)).Last(vote => vote.Vote.Verdict == Verdict.A));
        Assert.Contains(right, row, StringComparison.Ordinal);
        var at = row.IndexOf(right, StringComparison.Ordinal);
        var error = await RefusedAsync(server, row + "\n" + row[..at] + wrong + row[(at + right.Length)..]);
        Assert.Equal("line 2", (string?)error["param"]);
        Assert.Contains(field, (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused_with_their_line()
    {
        var server = shared.Running;
        await PreferenceTests.VoteAsync(server, "a");
        var vote = (await PreferenceTests.VotesAsync(server))[^1];
        var row = Encoding.UTF8.GetBytes(VoteRow.Write(vote).Replace("why", "wh?", StringComparison.Ordinal));
        row[Array.LastIndexOf(row, (byte)'?')] = 0xFF;
        using var body = new ByteArrayContent(row);
        var reply = await server.Http.PostAsync(new Uri(Path, UriKind.Relative), body, Stop);
        Assert.Equal((HttpStatusCode.BadRequest, "line 1"), (reply.StatusCode, (string?)(await RunningServer.ErrorAsync(reply))["param"]));
    }

    [Fact]
    public async Task An_export_may_be_longer_than_any_other_body()
    {
        var server = shared.Running;
        await PreferenceTests.VoteAsync(server, "a");
        var row = VoteRow.Write((await PreferenceTests.VotesAsync(server))[^1]);
        var blank = new string(' ', 1 << 20) + "\n";
        Assert.Equal((0, 1), await PreferenceTests.ImportAsync(server, string.Concat(Enumerable.Repeat(blank, 20)) + row));
    }

    static async Task<JsonNode> RefusedAsync(RunningServer server, string lines)
    {
        using var body = new StringContent(lines, Encoding.UTF8, "application/jsonl");
        var reply = await server.Http.PostAsync(new Uri(Path, UriKind.Relative), body, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        return await RunningServer.ErrorAsync(reply);
    }
}
