// Turns a request and its context into a run, by the chat's road. Knows neither HTTP nor the shape of replies.
using System.Text.Json.Nodes;
using Majlis.Server.Chat;
using Majlis.Server.Models;
using Majlis.Server.Wire;

namespace Majlis.Server.Responses;

sealed class ResponseStarter(ChatStarter chats, PassageSource passages, ModelLeases leases, PromptBuilder prompts)
{
    const string TooLong = "context_length_exceeded";

    /// <summary>A run ready to generate, or null with the reason in <paramref name="problem"/>.</summary>
    public ChatRun? Start(ResponseRequest request, JsonArray context, string client, Problem problem)
    {
        var whole = Start(request, context, client, out var refusal);
        if (whole is null && request.DropsOldest && refusal?.Code == TooLong)
            whole = StartShortened(request, context, client, ref refusal);
        if (whole is null) problem.Add(refusal!.Renamed(Name));
        return whole;
    }

    /// <summary>The tokens of the prompt, however many, or null with the reason in <paramref name="problem"/>.</summary>
    public int? Count(ResponseRequest request, JsonArray context, Problem problem)
    {
        var inner = new Problem();
        var chat = passages.Add(Chat(request, context));
        var count = leases.Lease(chat.Model, inner, lease =>
        {
            using (lease) return prompts.Build(chat, lease.Model, inner, whole: true)?.Tokens;
        })?.Length;
        if (inner.First is { } refusal) problem.Add(refusal.Renamed(Name));
        return count;
    }

    // The fewest turns are left out: what fits with so many left out also fits with more.
    ChatRun? StartShortened(ResponseRequest request, JsonArray context, string client, ref ApiError? refusal)
    {
        ChatRun? best = null;
        var (least, most) = (1, Turns(context) - 1);
        while (least <= most)
        {
            var middle = (least + most) / 2;
            var run = Start(request, Without(context, middle), client, out var why);
            if (run is null && why?.Code != TooLong)
            {
                refusal = why;
                break;
            }
            if (run is null) least = middle + 1;
            else
            {
                best?.Dispose();
                (best, most) = (run, middle - 1);
            }
        }
        return best;
    }

    ChatRun? Start(ResponseRequest request, JsonArray context, string client, out ApiError? refusal)
    {
        var problem = new Problem();
        var chat = passages.Add(Chat(request, context) with { Client = client });
        var run = chats.Start(chat, ItemIds.ResponsePrefix, problem);
        refusal = problem.First;
        return run;
    }

    static ChatRequest Chat(ResponseRequest request, JsonArray context) =>
        request.Chat with { Messages = ItemMessages.Of(context, request.Instructions) };

    static int Turns(JsonArray context) => context.Count(IsTurn);

    /// <summary>A turn begins with a user's message; what system and developer say always stays.</summary>
    static JsonArray Without(JsonArray context, int turns)
    {
        var (kept, seen) = (new JsonArray(), 0);
        foreach (var item in context)
        {
            if (IsTurn(item)) seen++;
            if (seen > turns || (string?)item!["role"] is "system" or "developer") kept.Add(item!.DeepClone());
        }
        return kept;
    }

    static bool IsTurn(JsonNode? item) => (string?)item!["role"] == "user";

    static string Name(string chat) => chat switch
    {
        "max_tokens" => "max_output_tokens",
        "reasoning_effort" => "reasoning.effort",
        "response_format" => "text.format",
        _ when chat.StartsWith("messages", StringComparison.Ordinal) => "input",
        _ => chat,
    };
}
