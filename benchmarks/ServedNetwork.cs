// The network that the server would choose for a model here, as its `--backend auto` does. Knows no benchmark.
using Majlis.Cpu;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Torch;

namespace Majlis.benchmarks;

static class ServedNetwork
{
    public static INetwork Of(Checkpoint checkpoint) => TorchNetwork.HasGpu || CpuNetwork.Lack(checkpoint.Blueprint) is not null
        ? new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights) : new CpuNetwork(checkpoint.Blueprint, checkpoint.Weights);
}
