// What a response answers: the items of the responses before it, then its own, references replaced by what they name. Knows no model.
using System.Text.Json.Nodes;
using Majlis.Feedback.Store.Replies;
using Majlis.Server.Wire;

namespace Majlis.Server.Responses;

sealed class ResponseContext(ReplyStore store)
{
    /// <summary>All items of the context, or null with the reason in <paramref name="problem"/>.</summary>
    /// <exception cref="Feedback.Store.FeedbackUnavailableException">The store is away, and earlier responses are needed.</exception>
    public async Task<JsonArray?> LoadAsync(ResponseRequest request, string owner, Problem problem)
    {
        var items = new JsonArray();
        if (request.Previous is { } previous)
        {
            if (await store.FindAsync(ReplyKind.Response, owner, previous) is not { } found)
            {
                problem.Add(ApiError.UnknownPrevious(previous));
                return null;
            }
            foreach (var item in All(found)) items.Add(item.DeepClone());
        }
        foreach (var (index, item) in request.Items.Index())
            if ((string)item!["type"]! != "item_reference") items.Add(item.DeepClone());
            else if (await FindAsync((string)item["id"]!, owner) is { } named) items.Add(named.DeepClone());
            else problem.Add(ApiError.InvalidValue($"input[{index}].id", $"Item with id '{(string)item["id"]!}' not found."));
        InputReader.CheckCalls(items, problem);
        return problem.First is null ? items : null;
    }

    async Task<JsonNode?> FindAsync(string item, string owner) =>
        ItemIds.ResponseOf(item) is { } response && await store.FindAsync(ReplyKind.Response, owner, response) is { } found
        ? All(found).FirstOrDefault(each => (string?)each["id"] == item) : null;

    static IEnumerable<JsonNode> All(KeptReply kept) =>
        [.. JsonNode.Parse(kept.Input.Span)!.AsArray().OfType<JsonNode>(),
            .. JsonNode.Parse(kept.Reply.Span)!["output"]!.AsArray().OfType<JsonNode>()];
}
