// The engine's own cost: a step of N sequences over a network that computes nothing. Knows no weights.
using System.Diagnostics;
using System.Text;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Text.Tokenizers;

namespace Majlis.benchmarks;

static class EngineBenchmark
{
    const int Vocabulary = 49152;
    const int NewTokens = 2000;

    /// <summary>For runs whose text is not read.</summary>
    public static TextTokenizer NoText { get; } =
        TextTokenizer.ParseJson(Encoding.UTF8.GetBytes("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}"""), "none");

    public static async Task<int> RunAsync()
    {
        var onDevice = new SamplingOptions { Seed = 1 };
        foreach (var sampling in new[] { onDevice, onDevice with { TopP = 0.9f, PresencePenalty = 0.1f } })
            foreach (var sequences in new[] { 1, 8, 32 })
            {
                var tokens = sampling.IsPlain ? NewTokens : NewTokens / 20;
                await MeasureAsync(sequences, tokens, sampling);
                var (microseconds, bytes) = await MeasureAsync(sequences, tokens, sampling);
                var what = $"\"drawn\": \"{(sampling.IsPlain ? "on the device" : "here, top-p")}\", \"sequences\": {sequences}";
                var numbers = FormattableString.Invariant($"\"us_per_step\": {microseconds:0.0}, \"bytes_per_token\": {bytes:0}");
                Console.WriteLine($"{{\"benchmark\": \"engine\", {what}, {numbers}}}");
            }
        return 0;
    }

    static async Task<(double Microseconds, double Bytes)> MeasureAsync(int sequences, int tokens, SamplingOptions sampling)
    {
        using var live = new LiveModel();
        var options = new EngineOptions();
        live.Swap(new(new EmptyNetwork(), maxContext: 4096, options)
        {
            Version = "none",
            WeightsHash = "none",
            Tokenizer = NoText,
            Defaults = new([], null),
        });
        await using var engine = new Engine(live, options, TimeProvider.System);
        using var lease = live.Lease()!;
        var request = new GenerationRequest([.. Enumerable.Range(0, 64)], sampling, tokens);
        var (allocated, start) = (GC.GetTotalAllocatedBytes(), Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, sequences).Select(async _ =>
        {
            await foreach (var piece in engine.GenerateAsync(lease, request)) GC.KeepAlive(piece);
        }));
        var elapsed = Stopwatch.GetElapsedTime(start);
        var bytes = (GC.GetTotalAllocatedBytes() - allocated) / (double)(sequences * tokens);
        return (elapsed.TotalMicroseconds / engine.Progress.Steps, bytes);
    }

    /// <summary>The same logits for every row, and token 0 for every plan.</summary>
    sealed class EmptyNetwork : INetwork
    {
        public Blueprint Blueprint { get; } = OneLayer();

        public int BlockSize => 16;

        public long BytesPerBlock(int group) => 1024;

        public void AllocateCache(ReadOnlySpan<int> blocksPerGroup) { }

        public ForwardResult Forward(ForwardBatch batch) => new Result(batch.Spans.Length);

        public void Dispose() { }

        static Blueprint OneLayer()
        {
            var one = new Projection("none", 1, 1);
            var attention = new AttentionBlueprint
            {
                Heads = 1,
                KeyValueHeads = 1,
                HeadDim = 1,
                Query = one,
                Key = one,
                Value = one,
                Output = one,
                Scale = 1,
            };
            return new()
            {
                Family = "none",
                VocabularySize = Vocabulary,
                HiddenSize = 1,
                MaxPositions = 4096,
                Embedding = "none",
                Layers = [new() { Attention = attention, Mlp = new(null, one, one, Activation.Relu) }],
            };
        }
    }

    sealed class Result(int rows) : ForwardResult
    {
        static readonly float[] row = [.. Enumerable.Range(0, Vocabulary).Select(id => 10 * (float)SeededRandom.Uniform(1, id))];

        public override int RowCount => rows;

        public override void ReadLogits(int row, Span<float> logits) => Result.row.CopyTo(logits);

        public override void Sample(ReadOnlySpan<SamplingPlan> plans, Span<SampledToken> tokens) => tokens[..plans.Length].Clear();

        public override float[] ReadPooled(int sequence) => [];

        protected override void Dispose(bool disposing) { }
    }
}
