// On how many threads weights are loaded: on all cores, or beside a model that is served on the loading thread alone.
namespace Majlis.Model.Weights;

public static class LoadingThreads
{
    [ThreadStatic]
    static bool alone;

    /// <summary>For the loops of a load on this thread.</summary>
    public static ParallelOptions Options => new() { MaxDegreeOfParallelism = alone ? 1 : Environment.ProcessorCount };

    /// <summary>From now on what this thread loads is loaded by it alone.</summary>
    public static void StayOnThisOne() => alone = true;
}
