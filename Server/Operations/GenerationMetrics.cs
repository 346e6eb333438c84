// Times and counts of generated tokens. A token costs two additions and no allocation; the engine's thread does not take part. Knows no
// text.
using System.Runtime.CompilerServices;
using Majlis.Inference;
using Majlis.Server.Runs;
using Prometheus;

namespace Majlis.Server.Operations;

sealed class GenerationMetrics
{
    readonly TimeProvider time;
    readonly Counter prompt, cached, generated;
    readonly Histogram queue, firstToken, interToken;

    public GenerationMetrics(ServerMetrics metrics, TimeProvider time)
    {
        this.time = time;
        var make = Metrics.WithCustomRegistry(metrics.Registry);
        // An exemplar would be an allocation for every token of a traced request.
        make.ExemplarBehavior = ExemplarBehavior.NoExemplars();
        prompt = make.CreateCounter("majlis_prompt_tokens_total", "Prompt tokens of requests that began to be answered.");
        cached = make.CreateCounter("majlis_prompt_tokens_cached_total", "Those of them that the prefix cache held.");
        generated = make.CreateCounter("majlis_generation_tokens_total", "Tokens generated.");
        queue = make.CreateHistogram("majlis_request_queue_time_seconds", "From the engine's queue to an answer's first step.",
            Buckets(0.001, 100));
        firstToken = make.CreateHistogram("majlis_time_to_first_token_seconds", "From a request's arrival to its first token.",
            Buckets(0.001, 250));
        interToken = make.CreateHistogram("majlis_inter_token_latency_seconds", "Between two tokens of an answer, in the engine.",
            Buckets(0.0005, 10));
    }

    /// <summary>Passes the pieces on and counts them, for all requests and for this one.</summary>
    public async IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> Count(RequestRecord record,
        IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> pieces,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var run = record.Run!;
        var last = new long[run.Choices.Length];
        var read = new bool[run.Prompts.Length];
        await foreach (var item in pieces.WithCancellation(cancellation))
        {
            var (choice, piece) = item;
            if (record.FirstToken is null) Begin(record, run, piece);
            if (!read[run.PromptOf(choice)]) CountCached(record, piece);
            read[run.PromptOf(choice)] = true;
            if (last[choice] == 0) queue.Observe(time.GetElapsedTime(piece.Times.Submitted, piece.Times.Started).TotalSeconds);
            else interToken.Observe(time.GetElapsedTime(last[choice], piece.Times.Made).TotalSeconds);
            last[choice] = piece.Times.Made;
            generated.Inc(piece.Tokens.Length);
            record.OutputTokens += piece.Tokens.Length;
            if (piece.Finish is { } finish) record.Finishes = record.Finishes.Add(FinishWord.Of(finish));
            yield return item;
        }
    }

    void CountCached(RequestRecord record, GeneratedPiece piece)
    {
        record.CachedTokens += piece.CachedPromptTokens;
        cached.Inc(piece.CachedPromptTokens);
    }

    void Begin(RequestRecord record, GenerationRun run, GeneratedPiece piece)
    {
        record.Queued = time.GetElapsedTime(piece.Times.Submitted, piece.Times.Started);
        record.FirstToken = time.GetElapsedTime(record.Arrived, piece.Times.Made);
        prompt.Inc(run.PromptTokens);
        firstToken.Observe(record.FirstToken.Value.TotalSeconds);
    }

    /// <summary>Steps of 1, 2.5 and 5, from the least to the most.</summary>
    static HistogramConfiguration Buckets(double least, double most) => new()
    {
        Buckets = [.. Enumerable.Range(-4, 8).SelectMany(power => new[] { 1, 2.5, 5 }.Select(step => step * Math.Pow(10, power)))
            .Where(bound => bound >= least * 0.999 && bound <= most * 1.001)],
    };
}
