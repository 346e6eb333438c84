// Feedback on kept chats: kept with them, and a rewrite is a vote whose pair has the exact tokens of both answers.
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Feedback.Pairs;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.tests.Server.Responses;
using Xunit;

namespace Majlis.tests.Server.Judgements;

public sealed class FeedbackTests(KeepingServer shared) : IClassFixture<KeepingServer>
{
    const string Path = "/v1/feedback";

    readonly RunningServer server = shared.Running;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rewrite_is_a_vote_for_it_and_the_first_is_final()
    {
        var id = await KeepAsync();
        var body = $$"""{"completion_id":"{{id}}","rating":"bad","preferred":"مرحبا بك","comment":"too cold"}""";
        var said = await RunningServer.JsonAsync(await server.PostAsync(Path, body));
        Assert.Equal(("feedback", "bad", "مرحبا بك"), ((string?)said["object"], (string?)said["rating"], (string?)said["preferred"]));
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(Path, body)).StatusCode);
        var other = await server.PostAsync(Path, $$"""{"completion_id":"{{id}}","preferred":"Hi."}""");
        Assert.Equal((HttpStatusCode.Conflict, "feedback_conflict"),
            (other.StatusCode, (string?)(await RunningServer.ErrorAsync(other))["code"]));

        var votes = new List<StoredVote>();
        await foreach (var each in new VoteCursor(server.Part<RedisConnection>()).ReadAsync(0)) votes.Add(each);
        var vote = Assert.Single(votes, each => each.Battle.Id.EndsWith(id, StringComparison.Ordinal));
        Assert.Equal((Verdict.B, KeepingServer.Text, "too cold"), (vote.Vote.Verdict, vote.Battle.A.Text, vote.Vote.Comment));
        var pair = Assert.Single(PreferencePairs.Build([vote], new PairOptions { HeldOutPercent = 0 }).Training);
        Assert.Equal([.. TinyText.Tokenizer.Encode("مرحبا بك", false), RecitingNetwork.ImEnd], pair.Chosen);
        Assert.Equal([.. TinyText.Tokenizer.Encode(KeepingServer.Text, false), RecitingNetwork.ImEnd], pair.Rejected);
    }

    [Fact]
    public async Task Of_several_rewrites_at_once_one_is_the_first_and_the_others_are_told()
    {
        var id = await KeepAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 24).Select(n =>
            server.PostAsync(Path, $$"""{"completion_id":"{{id}}","preferred":"Rewrite {{n}}."}""")));
        Assert.Single(replies, reply => reply.StatusCode == HttpStatusCode.OK);
        Assert.Equal(23, replies.Count(reply => reply.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task A_rewrite_by_another_person_comes_too_late()
    {
        var body = $$"""{"completion_id":"{{await KeepAsync()}}","preferred":"Hi."}""";
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(Path, body)).StatusCode);
        using var other = new HttpClient { BaseAddress = server.Address };
        using var reply = await other.PostAsync(
            new Uri(Path, UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Stop);
        Assert.Equal((HttpStatusCode.Conflict, "feedback_conflict"),
            (reply.StatusCode, (string?)(await RunningServer.ErrorAsync(reply))["code"]));
    }

    [Fact]
    public async Task A_rating_and_a_comment_are_kept_with_the_chat()
    {
        var id = await KeepAsync();
        Assert.Equal(HttpStatusCode.OK,
            (await server.PostAsync(Path, $$"""{"completion_id":"{{id}}","rating":"good","comment":"so kind"}""")).StatusCode);
        var kept = await RunningServer.JsonAsync(await server.Http.GetAsync(new Uri($"/v1/chat/completions/{id}", UriKind.Relative), Stop));
        Assert.Equal(("good", "so kind"), ((string?)kept["feedback"]!["rating"], (string?)kept["feedback"]!["comment"]));
    }

    [Fact]
    public async Task What_a_later_judgement_does_not_say_stays()
    {
        var id = await KeepAsync();
        foreach (var said in new[] { "\"rating\":\"good\",\"comment\":\"so kind\"", "\"preferred\":\"Hi.\"", "\"comment\":\"kinder\"" })
            Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(Path, $$"""{"completion_id":"{{id}}",{{said}}}""")).StatusCode);
        var kept = (await server.GetAsync($"/v1/chat/completions/{id}"))["feedback"]!;
        Assert.Equal(("good", "kinder", "Hi."), ((string?)kept["rating"], (string?)kept["comment"], (string?)kept["preferred"]));
    }

    [Fact]
    public async Task A_rewrite_is_counted_among_the_votes_and_one_equal_to_the_answer_is_no_row()
    {
        var before = await StoredAsync();
        var id = await KeepAsync();
        await server.PostAsync(Path, $$"""{"completion_id":"{{id}}","preferred":"{{KeepingServer.Text}}"}""");
        Assert.Equal(before + 1, await StoredAsync());
        foreach (var format in new[] { "trl", "openai" })
            Assert.DoesNotContain($"\"{KeepingServer.Text}\"}}],\"rejected\":[{{\"role\":\"assistant\",\"content\":\"{KeepingServer.Text}",
                await TextAsync($"/v1/preferences?format={format}"), StringComparison.Ordinal);
        Assert.Contains($"fb_{id}", await TextAsync("/v1/preferences?format=battles"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Letters_are_counted_not_units()
    {
        string Body(string id, int letters) =>
            $$"""{"completion_id":"{{id}}","comment":"{{string.Concat(Enumerable.Repeat("😀", letters))}}"}""";
        var id = await KeepAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(Path, Body(id, 4000))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.PostAsync(Path, Body(id, 4001))).StatusCode);
    }

    async Task<double> StoredAsync() => (await TextAsync("/metrics")).Split('\n')
        .Where(line => line.StartsWith("majlis_votes_total{outcome=\"stored\"}", StringComparison.Ordinal))
        .Sum(line => double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));

    Task<string> TextAsync(string path) => server.Http.GetStringAsync(new Uri(path, UriKind.Relative), Stop);

    [Theory]
    [InlineData("""{"completion_id":"chatcmpl-none","rating":"good"}""", 404, "completion_id")]
    [InlineData("""{"rating":"good"}""", 400, "completion_id")]
    [InlineData("""{"completion_id":"chatcmpl-none"}""", 400, "rating")]
    [InlineData("""{"completion_id":"chatcmpl-none","rating":"great"}""", 400, "rating")]
    [InlineData("""{"completion_id":"chatcmpl-none","preferred":"  "}""", 400, "preferred")]
    [InlineData("""{"completion_id":"chatcmpl-none","rating":"good","stars":5}""", 400, "stars")]
    public async Task A_wrong_judgement_is_named(string body, int status, string param)
    {
        var reply = await server.PostAsync(Path, body);
        Assert.Equal((status, param), ((int)reply.StatusCode, (string?)(await RunningServer.ErrorAsync(reply))["param"]));
    }

    async Task<string> KeepAsync() => (string)(await RunningServer.JsonAsync(await server.ChatAsync(new() { ["store"] = true })))["id"]!;
}
