// Cohere's POST /v2/chat, whole and streamed: translated to a chat, answered in that API's shapes.
using Majlis.Server.Access;
using Majlis.Server.Chat;
using Majlis.Server.Reference;
using Majlis.Server.Wire;

namespace Majlis.Server.Cohere;

static class CohereEndpoints
{
    static readonly TranslatedApi api = new("chat_", CohereRequestReader.Name,
        new(error => TranslatedChats.Item(CohereEvents.Failure(error)), EventForm.OpenAI.Done));

    public static void MapCohere(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v2/chat", ChatAsync).RequireRole(Roles.Inference)
            .Says("Cohere's chat, whole and streamed.");

    static Task<IResult> ChatAsync(HttpContext http, TranslatedChats chats, IdSource ids) =>
        chats.AnswerAsync(http, api, CohereRequestReader.Read,
            (request, run) => new CohereEvents(run, request.Tools is not null, request.Output.LogProbabilities, ids));
}
