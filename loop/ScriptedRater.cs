// A rater that prefers the shorter answer: opens battles over HTTP, reads both sides to their ends, votes. Knows no weights.
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Majlis.loop;

static class ScriptedRater
{
    const int AtOnce = 6;
    public const int MaxTokens = 80;

    // Most answers of a small model to a bare question run into the limit, and of two cut-off answers neither is the shorter.
    const string System = "Answer briefly, in one short sentence.";

    static readonly string[] tags = ["shorter"];

    /// <summary>Battles on the first prompts of the file; equal lengths, or two cut-off answers, are a tie.</summary>
    public static async Task<int> RunAsync(Uri server, string prompts, int count)
    {
        using var client = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromMinutes(5) };
        await VoteAsync(client, await OpenAsync(client, File.ReadLines(prompts).First())); // the voter's cookie comes with the first reply
        var (next, shorter, ties) = (0, 0, 0);
        var all = File.ReadLines(prompts).Skip(1).Take(count - 1).ToArray();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next) - 1; i < all.Length; i = Interlocked.Increment(ref next) - 1)
                if (await VoteAsync(client, await OpenAsync(client, all[i])) == "tie") Interlocked.Increment(ref ties);
                else Interlocked.Increment(ref shorter);
        }));
        Console.WriteLine($"{count} battles: {shorter + 1} votes for a shorter answer, {ties} ties");
        return 0;
    }

    /// <summary>The messages sent for every prompt.</summary>
    public static JsonObject[] Messages(string prompt) =>
        [new() { ["role"] = "system", ["content"] = System }, new() { ["role"] = "user", ["content"] = prompt }];

    /// <summary>Opens a battle and reads both answers to their ends.</summary>
    /// <exception cref="HttpRequestException">It is refused (with a status) or its stream breaks off (without one).</exception>
    public static async Task<(string Id, Answer A, Answer B)> OpenAsync(HttpClient client, string prompt, int maxTokens = MaxTokens)
    {
        var (id, sides) = ("", new Dictionary<string, Answer> { ["a"] = Answer.Empty, ["b"] = Answer.Empty });
        var body = new { messages = Messages(prompt), max_tokens = maxTokens, temperature = 1.0 };
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
        return (id, sides["a"], sides["b"]);
    }

    /// <summary>Votes; the vote is durable on return. The same vote may be sent again.</summary>
    /// <exception cref="HttpRequestException">It is refused (with a status), or nobody answered.</exception>
    public static async Task<string> VoteAsync(HttpClient client, (string Id, Answer A, Answer B) battle)
    {
        var verdict = Verdict(battle.A, battle.B);
        using var reply = await client.PostAsJsonAsync($"/v1/arena/battles/{battle.Id}/vote", new { verdict, tags });
        if (!reply.IsSuccessStatusCode)
            throw new HttpRequestException(
                $"vote on {battle.Id}: {(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync()}", null, reply.StatusCode);
        return verdict;
    }

    /// <summary>
    /// The rater prefers fewer characters, without surrounding white space. Of two answers that were both cut off, neither is known to
    /// be shorter.
    /// </summary>
    public static string Verdict(Answer a, Answer b) =>
        a.IsCut && b.IsCut ? "tie" : a.Length.CompareTo(b.Length) switch { < 0 => "a", > 0 => "b", _ => "tie" };
}
