// Scores answers by a judge behind an OpenAI-compatible endpoint: a mark from 1 to 10 for each. What the judge says that is no mark scores
// nothing. Knows no sampling.
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Majlis.Evaluation;

namespace Majlis.Trainer.Iterate;

/// <param name="client">Disposed with this.</param>
/// <param name="url">The base address, which ends in /v1 or the like.</param>
/// <param name="model">The judge's name there.</param>
/// <param name="key">Its key; null = none.</param>
/// <param name="time">For waits between tries.</param>
sealed partial class JudgeScorer(HttpClient client, string url, string model, string? key, TimeProvider time) : IAnswerScorer
{
    const int Tries = 4;

    static string Question(string conversation, string answer) => $"""
        You judge an assistant's answer. Consider whether it is correct, helpful, complete and no longer than it needs to be.
        First say in one sentence what is good or bad about it. Then end with a line "Mark: N", N from 1 (useless) to 10 (perfect).

        The conversation:
        {conversation}

        The answer:
        {answer}
        """;

    /// <exception cref="IOException">The judge cannot be reached or refuses; the message names the address.</exception>
    public async Task<double?[]> ScoreAsync(PromptRow prompt, IReadOnlyList<ModelAnswer> answers)
    {
        var asked = string.Join('\n', prompt.Conversation.Messages.Select(message => $"{message?["role"]}: {message?["content"]}"));
        var marks = new double?[answers.Count];
        for (var i = 0; i < marks.Length; i++)
            marks[i] = Mark(await AskAsync(Question(asked, answers[i].Text)));
        return marks;
    }

    /// <summary>The last "Mark: N" of what the judge said; null where there is none from 1 to 10.</summary>
    internal static double? Mark(string said) => Marks().Matches(said) is [.., var last]
        && double.Parse(last.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is >= 1 and <= 10 and var mark ? mark : null;

    public void Dispose() => client.Dispose();

    async Task<string> AskAsync(string question)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"{url.TrimEnd('/')}/chat/completions");
                if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
                request.Content = JsonContent.Create(new JsonObject
                {
                    ["model"] = model,
                    ["temperature"] = 0,
                    ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question }),
                });
                using var reply = await client.SendAsync(request);
                if (reply.IsSuccessStatusCode) return Content(await reply.Content.ReadAsStringAsync());
                if (attempt == Tries || (int)reply.StatusCode is not (429 or >= 500))
                    throw new IOException($"{url}: the judge answered {(int)reply.StatusCode} {reply.ReasonPhrase}");
            }
            catch (Exception away) when (away is HttpRequestException or TaskCanceledException)
            {
                if (attempt == Tries) throw new IOException($"{url}: the judge cannot be reached: {away.Message}", away);
            }
            await Task.Delay(TimeSpan.FromSeconds(attempt * attempt), time);
        }
    }

    string Content(string reply)
    {
        try
        {
            return JsonNode.Parse(reply)?["choices"]?[0]?["message"]?["content"]?.GetValue<string>() ?? "";
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw new IOException($"{url}: the judge's reply is no chat completion: {damage.Message}", damage);
        }
    }

    [GeneratedRegex(@"[Mm]ark\**:\**\s*([0-9]+(?:\.[0-9]+)?)")]
    private static partial Regex Marks();
}
