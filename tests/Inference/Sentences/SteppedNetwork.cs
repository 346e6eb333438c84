// An encoder whose vector is a text's first token. Its first step waits until the test lets it go; it remembers what it read.
using Majlis.Model;
using Majlis.tests.Support;

namespace Majlis.tests.Inference.Sentences;

sealed class SteppedNetwork : INetwork
{
    public const int Broken = 66;

    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    public ManualResetEventSlim Go { get; } = new();

    /// <summary>All tokens in the order in which they were computed.</summary>
    public List<int> Read { get; } = [];

    public bool IsDisposed { get; private set; }

    public Blueprint Blueprint { get; } = Encoder(Tiny.Blueprint(null, null));

    public int BlockSize => 16;

    public long BytesPerBlock(int group) => 0;

    public void AllocateCache(ReadOnlySpan<int> blocksPerGroup) { }

    public ForwardResult Forward(ForwardBatch batch)
    {
        Entered.TrySetResult();
        Go.Wait();
        Read.AddRange(batch.Tokens);
        if (batch.Tokens.Contains(Broken)) throw new InvalidOperationException("It is broken.");
        return new Firsts([.. batch.Spans.Select(span => (float)batch.Tokens[span.Start])]);
    }

    public void Dispose() => IsDisposed = true;

    static Blueprint Encoder(Blueprint decoder) => decoder with
    {
        Layers = [.. decoder.Layers.Select(layer => layer with { Attention = layer.Attention with { IsCausal = false } })],
    };

    sealed class Firsts(float[] vectors) : ForwardResult
    {
        public override int RowCount => 0;

        public override void ReadLogits(int row, Span<float> logits) => throw new NotSupportedException();

        public override void Sample(ReadOnlySpan<SamplingPlan> plans, Span<SampledToken> tokens) => throw new NotSupportedException();

        public override float[] ReadPooled(int sequence) => [vectors[sequence]];

        protected override void Dispose(bool disposing) { }
    }
}
