// A network of any backend that a test can hold: no step begins before it is let go, so that requests sent together run together.
// Knows no engine.
using Majlis.Model;
using Majlis.Model.Adapters;
using Xunit;

namespace Majlis.tests.Support;

public sealed class HeldNetwork(INetwork network) : INetwork
{
    readonly ManualResetEventSlim gate = new(initialState: true);

    public Blueprint Blueprint => network.Blueprint;

    public int BlockSize => network.BlockSize;

    public bool IsBatchInvariant => network.IsBatchInvariant;

    public void Hold() => gate.Reset();

    public void LetGo() => gate.Set();

    public long BytesPerBlock(int group) => network.BytesPerBlock(group);

    public void AllocateCache(ReadOnlySpan<int> blocksPerGroup) => network.AllocateCache(blocksPerGroup);

    public int AddAdapter(LowRankAdapter adapter) => network.AddAdapter(adapter);

    public void RemoveAdapter(int index) => network.RemoveAdapter(index);

    public ForwardResult Forward(ForwardBatch batch)
    {
        gate.Wait(TestContext.Current.CancellationToken);
        return network.Forward(batch);
    }

    public void Dispose()
    {
        network.Dispose();
        gate.Dispose();
    }
}
