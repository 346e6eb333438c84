// From a body to a run: the request is read, what it goes on from is loaded, the prompt is built; large ones wait their turn. Knows no
// reply.
using System.Text.Json.Nodes;
using Majlis.Feedback.Store.Replies;
using Majlis.Server.Chat;
using Majlis.Server.Limits;
using Majlis.Server.Replies;
using Majlis.Server.Wire;

namespace Majlis.Server.Responses;

/// <param name="Context">All items that the response answers.</param>
sealed record AskedResponse(ResponseRequest Request, JsonArray Context);

sealed class ResponseRoad(RequestReader reader, ResponseContext contexts, ResponseStarter starter, ReplyStore store)
{
    /// <summary>The request with its context, or null with the reason in <paramref name="problem"/>.</summary>
    public async Task<AskedResponse?> ReadAsync(HttpContext http, Problem problem)
    {
        var request = await reader.ReadAsync(http.Request, problem, body => ResponseRequestReader.Read(body, problem));
        problem.AddIf(!store.Keeps && request is { Store: true } or { Background: true }, ApiError.KeepsNothing());
        if (request is null || problem.First is not null) return null;
        return await contexts.LoadAsync(request, ReplyOwner.Of(http), problem) is { } context ? new(request, context) : null;
    }

    public Task<ChatRun?> StartAsync(HttpContext http, AskedResponse asked, Problem problem) => reader.PrepareAsync(
        PromptSize.Characters(asked.Context), () => starter.Start(asked.Request, asked.Context, ClientLimits.Client(http), problem),
        http.RequestAborted);

    public Task<int?> CountAsync(HttpContext http, AskedResponse asked, Problem problem) => reader.PrepareAsync(
        PromptSize.Characters(asked.Context), () => starter.Count(asked.Request, asked.Context, problem), http.RequestAborted);
}
