// What every request that generates does between its reader and the shape of its reply: the run is tied to the request, queued, counted,
// and streamed. Knows no reply's shape.
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Majlis.Inference;
using Majlis.Server.Operations;
using Majlis.Server.Wire;

namespace Majlis.Server.Runs;

sealed class Generations(RequestReader reader, Engine engine, TimeProvider time, Failures failures, GenerationMetrics metrics)
{
    /// <summary>
    /// The road of every request that generates: its body is read and its run started where bodies are prepared, the run is tied to it, and
    /// a reply made; or what was wrong with it is the reply.
    /// </summary>
    /// <param name="read">Reads the request, or leaves the reason in the problem.</param>
    /// <param name="start">Makes a run that is ready to generate, or leaves the reason in the problem.</param>
    public async Task<IResult> AnswerAsync<TRequest, TRun>(HttpContext http, Func<JsonElement, Problem, TRequest?> read,
        Func<TRequest, Problem, TRun?> start, Func<TRequest, TRun, Task<IResult>> reply)
        where TRequest : class
        where TRun : GenerationRun
    {
        var problem = new Problem();
        TRequest? request = null;
        var run = await reader.ReadForModelAsync(http.Request, problem,
            body => (request = read(body, problem)) is null ? null : start(request, problem));
        if (request is null || run is null) return problem.First!.ToResult();
        Hold(http, run);
        return await reply(request, run);
    }

    /// <summary>From now on the request's record tells of the run, and the reply's end frees it.</summary>
    public static void Hold(HttpContext http, GenerationRun run)
    {
        RequestRecord.Of(http).Run = run;
        http.Response.RegisterForDispose(run);
    }

    /// <summary>Queues the choices of a run that is held; gives their pieces as they come.</summary>
    /// <exception cref="EngineBusyException">The queue has no room for all of them; then none is generated.</exception>
    public IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> Pieces(HttpContext http, GenerationRun run) =>
        metrics.Count(RequestRecord.Of(http), run.PiecesAsync(engine, http.RequestAborted));

    /// <summary>The same of a run that no request waits for.</summary>
    public IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> PiecesApart(GenerationRun run, CancellationToken cancellation) =>
        metrics.Count(new(time.GetTimestamp()) { Run = run }, run.PiecesAsync(engine, cancellation), cancellation);

    /// <summary>A stream of these events as the reply; its reader may take as long as the engine's readers.</summary>
    public Task<IResult> StreamAsync(HttpContext http, IAsyncEnumerable<string> events) =>
        StreamAsync(http, Named(events), EventForm.OpenAI);

    /// <summary>The same of events with names, in another API's form.</summary>
    public Task<IResult> StreamAsync(HttpContext http, IAsyncEnumerable<SseItem<string>> events, EventForm form) =>
        EventStream.BeginAsync(events, failures.Explain, new(http, time, engine.Options.ReaderPatience), form);

    static async IAsyncEnumerable<SseItem<string>> Named(IAsyncEnumerable<string> events,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var data in events.WithCancellation(cancellation)) yield return new(data);
    }
}
