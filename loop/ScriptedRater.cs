// A rater that prefers brief answers: opens battles over HTTP, reads both sides to their ends, votes. Knows no weights.
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Majlis.loop;

/// <summary>Both answers to a question, read to their ends.</summary>
sealed record Battle(string Id, Question Question, Answer A, Answer B);

static class ScriptedRater
{
    const int AtOnce = 6;
    public const int MaxTokens = 80;

    static readonly string[] tags = ["brief"];

    /// <summary>Battles on the first questions, until there are so many votes for an answer or nothing is left to ask.</summary>
    public static async Task<int> RunAsync(Uri server, IReadOnlyList<Question> questions, int votes)
    {
        using var client = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromMinutes(5) };
        var (asked, decided) = (0, 0);
        await JudgeAsync(); // the voter's cookie comes with the first reply
        while (decided < votes && asked < questions.Count)
            await Task.WhenAll(Enumerable.Range(0, Math.Min(AtOnce, votes - decided)).Select(_ => JudgeAsync()));
        Console.WriteLine($"{asked} battles: {decided} votes for an answer, {asked - decided} for neither");
        return 0;

        async Task JudgeAsync()
        {
            var next = Interlocked.Increment(ref asked) - 1;
            if (next >= questions.Count) Interlocked.Decrement(ref asked);
            else if (await VoteAsync(client, await OpenAsync(client, questions[next])) is "a" or "b") Interlocked.Increment(ref decided);
        }
    }

    /// <summary>Opens a battle and reads both answers to their ends.</summary>
    /// <exception cref="HttpRequestException">It is refused (with a status) or its stream breaks off (without one).</exception>
    public static async Task<Battle> OpenAsync(HttpClient client, Question question, int maxTokens = MaxTokens)
    {
        var (id, sides) = ("", new Dictionary<string, Answer> { ["a"] = Answer.Empty, ["b"] = Answer.Empty });
        var body = new JsonObject
        {
            ["messages"] = question.Messages.DeepClone(),
            ["max_tokens"] = maxTokens,
            ["temperature"] = question.Temperature,
        };
        if (question.Documents is { } documents) body["documents"] = documents.DeepClone();
        await foreach (var data in Sse.PostAsync(client, "/v1/arena/battles", body))
        {
            id = data.GetProperty("id").GetString()!;
            if (!data.TryGetProperty("side", out var side)) continue;
            var answer = sides[side.GetString()!];
            sides[side.GetString()!] = answer with
            {
                Text = answer.Text + (data.GetProperty("delta").TryGetProperty("content", out var text) ? text.GetString() : ""),
                IsCut = answer.IsCut || (data.TryGetProperty("finish_reason", out var reason) && reason.GetString() == "length"),
            };
        }
        return new Battle(id, question, sides["a"], sides["b"]);
    }

    /// <summary>Votes; the vote is durable on return. The same vote may be sent again.</summary>
    /// <exception cref="HttpRequestException">It is refused (with a status), or nobody answered.</exception>
    public static async Task<string> VoteAsync(HttpClient client, Battle battle)
    {
        var verdict = battle.Question.Verdict(battle.A, battle.B);
        using var reply = await client.PostAsJsonAsync($"/v1/arena/battles/{battle.Id}/vote", new { verdict, tags });
        if (!reply.IsSuccessStatusCode)
            throw new HttpRequestException(
                $"vote on {battle.Id}: {(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync()}", null, reply.StatusCode);
        return verdict;
    }
}
