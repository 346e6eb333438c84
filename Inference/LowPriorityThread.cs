// A thread for work that may take long and must not be felt: it gets about a tenth of another thread's time where both want a core. Knows
// no work.
using System.Runtime.InteropServices;
using Majlis.Model;
using Majlis.Model.Weights;

namespace Majlis.Inference;

public static partial class LowPriorityThread
{
    // Linux' nice values reach from -20 to 19.
    const int Niceness = 10;
    const int ThisThread = 0;

    /// <summary>Starts a thread that ends with the process. What loads weights on it stays on it.</summary>
    public static void Start(string name, Action work) => new Thread(() =>
    {
        OrdinaryPriority.Leave();
        // .NET's thread priorities have no effect on Linux.
        if (OperatingSystem.IsLinux()) _ = SetPriority(ThisThread, 0, Niceness);
        LoadingThreads.StayOnThisOne();
        work();
    })
    { IsBackground = true, Priority = ThreadPriority.BelowNormal, Name = name }.Start();

    /// <summary>The same for one piece of work; the task ends with it.</summary>
    public static Task RunAsync(string name, Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Start(name, () =>
        {
            try
            {
                work();
                OrdinaryPriority.Run(done.SetResult);
            }
            catch (Exception failure)
            {
                OrdinaryPriority.Run(() => done.SetException(failure));
            }
        });
        return done.Task;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
