// POST /v1/responses, whole, streamed and in the background, and the count of its tokens: reads the request, starts a run, replies. Other
// classes do each step.
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store.Replies;
using Majlis.Server.Access;
using Majlis.Server.Chat;
using Majlis.Server.Limits;
using Majlis.Server.Reference;
using Majlis.Server.Replies;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Responses;

static class ResponseEndpoints
{
    public static void MapResponses(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/responses", CreateAsync).RequireRole(Roles.Inference)
            .Says("A response of OpenAI's Responses API: whole, as typed events, or in the background.");
        routes.MapPost("/v1/responses/input_tokens", CountAsync).RequireRole(Roles.Inference)
            .Says("Counts the tokens that a response would read.");
        routes.MapKeptResponses();
    }

    public static void AddResponses(this IServiceCollection services)
    {
        services.AddSingleton<ResponseContext>().AddSingleton<ResponseStarter>().AddSingleton<ResponseRoad>();
        services.AddSingleton<ResponseServices>().AddSingleton<BackgroundResponses>();
        services.AddSingleton<RunningReplies>().AddSingleton<OwnResponses>();
        services.AddHostedService(given => given.GetRequiredService<BackgroundResponses>());
    }

    static async Task<IResult> CreateAsync(HttpContext http, ResponseRoad road, ResponseServices services, Generations generations,
        BackgroundResponses background)
    {
        var problem = new Problem();
        if (await road.ReadAsync(http, problem) is not { } asked) return problem.First!.ToResult();
        if (await road.StartAsync(http, asked, problem) is not { } run) return problem.First!.ToResult();

        var writer = new ResponseWriter(run, asked.Request, asked.Context, ReplyOwner.Of(http), services);
        if (asked.Request.Background)
        {
            var log = await background.BeginAsync(writer, run, asked.Request.Chat.Output.Stream);
            return log is null ? TypedResults.Json(writer.Response, WireJson.Wire.JsonObject)
                : await generations.StreamAsync(http, log.ReadAsync(0), EventForm.OpenAI);
        }
        Generations.Hold(http, run);
        var events = writer.EventsAsync(generations.Pieces(http, run), http.RequestAborted);
        if (asked.Request.Chat.Output.Stream)
            return await generations.StreamAsync(http, Named(events),
                new(error => ResponseEvents.Named(writer.Failure(error)), EventForm.OpenAI.Done));
        await foreach (var _ in events) { }
        return TypedResults.Json(writer.Response, WireJson.Wire.JsonObject);
    }

    static async Task<IResult> CountAsync(HttpContext http, ResponseRoad road)
    {
        var problem = new Problem();
        if (await road.ReadAsync(http, problem) is not { } asked) return problem.First!.ToResult();
        if (await road.CountAsync(http, asked, problem) is not { } count) return problem.First!.ToResult();
        var reply = new JsonObject { ["object"] = "response.input_tokens", ["input_tokens"] = count };
        return TypedResults.Json(reply, WireJson.Wire.JsonObject);
    }

    static async IAsyncEnumerable<SseItem<string>> Named(IAsyncEnumerable<JsonObject> events,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var item in events.WithCancellation(cancellation)) yield return ResponseEvents.Named(item);
    }
}
