// Checks the options that choose what computes. Opens nothing.
namespace Majlis.Server.Models;

static class BackendChoice
{
    /// <summary>The problems, one line each, starting with the option's name.</summary>
    public static IEnumerable<string> Problems(ServerOptions options)
    {
        if (options.Backend is not (ModelOpener.Auto or ModelOpener.Cpu or ModelOpener.Torch))
            yield return $"--backend: '{options.Backend}' is none of {ModelOpener.Auto}, {ModelOpener.Cpu}, {ModelOpener.Torch}.";
        if (!ModelOpener.Precisions.ContainsKey(options.Weights))
            yield return $"--weights: '{options.Weights}' is none of {string.Join(", ", ModelOpener.Precisions.Keys)}.";
        if (!ModelOpener.CacheTypes.ContainsKey(options.CacheType))
            yield return $"--cache-type: '{options.CacheType}' is none of {string.Join(", ", ModelOpener.CacheTypes.Keys)}.";
        var cores = Environment.ProcessorCount;
        if (options.Threads < 0 || options.Threads > cores)
            yield return $"--threads: {options.Threads} is not between 1 and this machine's {cores} cores (0: one for each physical core).";
        if (options.Backend != ModelOpener.Cpu && (options.Weights != "auto" || options.CacheType != "auto" || options.Threads != 0))
            yield return "--weights, --cache-type and --threads: they are the cpu backend's; add --backend cpu.";
    }
}
