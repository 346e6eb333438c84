// Keeps a chat's reply with its messages, in the shape of OpenAI's stored completions. Knows no HTTP but whose request it is.
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Replies;
using Majlis.Server.Chat;
using Majlis.Server.Wire;

namespace Majlis.Server.Replies;

sealed class ChatKeeper(ReplyStore store, TimeProvider time)
{
    /// <summary>False, with the reason in <paramref name="problem"/>, where the reply should be kept and nothing is kept here.</summary>
    public bool Takes(ChatRequest request, Problem problem)
    {
        problem.AddIf(request.Keeping is not null && !store.Keeps, ApiError.KeepsNothing());
        return problem.First is null;
    }

    /// <summary>How this run's reply is kept; null where it is not to be.</summary>
    public ReplyKeeping? For(HttpContext http, ChatRequest request, ChatRun run)
    {
        if (request.Keeping is not { } keeping) return null;
        var (owner, id) = (ReplyOwner.Of(http), http.Response.Headers["x-request-id"].ToString());
        return new(new(run, request.Output), collected => store.KeepAsync(new(run.Id, ReplyKind.Chat, owner, time.GetUtcNow(),
            Encoding.UTF8.GetBytes(Shape(collected.Reply(), keeping, run, id).ToJsonString(WireJson.Wire.Options)),
            Encoding.UTF8.GetBytes(request.Messages.ToJsonString(WireJson.Wire.Options)))
        {
            Side = PackedSide.Pack(collected.Side()),
        }));
    }

    static JsonObject Shape(ChatReply reply, ChatKeeping keeping, ChatRun run, string request)
    {
        var shape = JsonSerializer.SerializeToNode(reply, WireJson.Wire.ChatReply)!.AsObject();
        foreach (var choice in shape["choices"]!.AsArray())
            foreach (var name in new[] { "tool_calls", "function_call" }) choice!["message"]![name] ??= null;
        var sampling = run.Choices[0].Sampling;
        (shape["request_id"], shape["seed"]) = (request, sampling.Seed);
        (shape["temperature"], shape["top_p"]) = ((decimal)sampling.Temperature, (decimal)sampling.TopP);
        shape["presence_penalty"] = (decimal)sampling.PresencePenalty;
        shape["frequency_penalty"] = (decimal)sampling.FrequencyPenalty;
        shape["metadata"] = keeping.Metadata.DeepClone();
        foreach (var (name, value) in keeping.Echo) shape[name] = value?.DeepClone();
        return shape;
    }
}

/// <summary>One reply that is kept once it is whole.</summary>
/// <param name="Collector">Collects the reply, whole or streamed.</param>
sealed record ReplyKeeping(ChatCollector Collector, Func<ChatCollector, Task> Keep)
{
    /// <summary>Keeps what was collected.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public Task KeepAsync() => Keep(Collector);
}
