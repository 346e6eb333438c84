// Anthropic's POST /v1/messages, whole and streamed, and /v1/messages/count_tokens: translated to a chat, answered in that API's shapes.
using System.Text.Json.Nodes;
using Majlis.Server.Access;
using Majlis.Server.Chat;
using Majlis.Server.Models;
using Majlis.Server.Reference;
using Majlis.Server.Wire;

namespace Majlis.Server.Anthropic;

static class MessageEndpoints
{
    const string Path = "/v1/messages";

    static readonly TranslatedApi api = new("msg_", MessageRequestReader.Name,
        new(error => TranslatedChats.Item(AnthropicErrors.Body(error, null)), Done: null));

    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, CreateAsync).RequireRole(Roles.Inference)
            .Says("Anthropic's messages, whole and streamed.");
        routes.MapPost($"{Path}/count_tokens", CountAsync).RequireRole(Roles.Inference)
            .Says("Counts the tokens that a message would be answered from.");
    }

    static Task<IResult> CreateAsync(HttpContext http, TranslatedChats chats, IdSource ids) =>
        chats.AnswerAsync(http, api, (body, problem) => MessageRequestReader.Read(body, problem, counts: false),
            (_, run) => new MessageEvents(run, ids));

    static async Task<IResult> CountAsync(HttpContext http, RequestReader reader, PassageSource passages, ModelLeases leases,
        PromptBuilder prompts)
    {
        var problem = new Problem();
        var tokens = await reader.ReadForModelAsync(http.Request, problem, body =>
            MessageRequestReader.Read(body, problem, counts: true) is not { } request ? null
            : leases.Lease(request.Model, problem, lease =>
            {
                using (lease) return prompts.Build(passages.Add(request), lease.Model, problem, whole: true)?.Tokens;
            }));
        return tokens is null ? problem.First!.Renamed(MessageRequestReader.Name).ToResult()
            : TypedResults.Json(new JsonObject { ["input_tokens"] = tokens.Length }, WireJson.Wire.JsonObject);
    }
}
