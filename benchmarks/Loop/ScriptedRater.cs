// A rater who prefers the shorter answer: opens battles over HTTP, reads both sides to their ends, votes. Knows no weights.
using System.Net.Http.Json;
using System.Text.Json;

namespace Majlis.benchmarks;

static class ScriptedRater
{
    const int AtOnce = 6;
    const int MaxTokens = 80;

    static readonly string[] tags = ["shorter"];

    /// <summary>Battles on the first prompts of the file; equal lengths, or two answers cut off, are a tie.</summary>
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

    static async Task<(string Id, string A, string B, bool BothCut)> OpenAsync(HttpClient client, string prompt)
    {
        var (id, a, b, cut) = ("", "", "", 0);
        var body = new { messages = new[] { new { role = "user", content = prompt } }, max_tokens = MaxTokens, temperature = 1.0 };
        await foreach (var data in Sse.PostAsync(client, "/v1/arena/battles", body))
        {
            id = data.GetProperty("id").GetString()!;
            if (data.TryGetProperty("finish_reason", out var reason) && reason.GetString() == "length") cut++;
            if (!data.TryGetProperty("side", out var side) || !data.GetProperty("delta").TryGetProperty("content", out var text)) continue;
            if (side.GetString() == "a") a += text.GetString();
            else b += text.GetString();
        }
        return (id, a, b, cut == 2);
    }

    static async Task<string> VoteAsync(HttpClient client, (string Id, string A, string B, bool BothCut) battle)
    {
        var verdict = Verdict(battle.A, battle.B, battle.BothCut);
        using var reply = await client.PostAsJsonAsync($"/v1/arena/battles/{battle.Id}/vote",
            new { verdict, tags, voter_kind = "scripted" });
        if (!reply.IsSuccessStatusCode) throw new HttpRequestException($"vote on {battle.Id}: {(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync()}");
        return verdict;
    }

    /// <summary>The rater's whole taste: fewer characters, white space aside. Of two answers that were both cut off, neither is known to be shorter.</summary>
    public static string Verdict(string a, string b, bool bothCut) => bothCut ? "tie" : a.Trim().Length.CompareTo(b.Trim().Length) switch { < 0 => "a", > 0 => "b", _ => "tie" };
}
