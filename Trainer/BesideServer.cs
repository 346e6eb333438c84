// A trainer that a server started as its child: it takes what the server leaves of the machine, and ends with it. Knows no round.
using System.Diagnostics;

namespace Majlis.Trainer;

static class BesideServer
{
    /// <summary>Called first of all: threads that are made later have the priority of the one that makes them.</summary>
    public static void Begin()
    {
        using (var me = Process.GetCurrentProcess()) me.PriorityClass = ProcessPriorityClass.Idle;
        DieFirst();
        new Thread(EndWithInput) { IsBackground = true, Name = "end of the server" }.Start();
    }

    /// <summary>Where memory runs out the kernel ends this process rather than the server. Other systems know no such wish.</summary>
    static void DieFirst()
    {
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "1000");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Then it chooses by size.
        }
    }

    // The server holds the other end of the pipe and writes nothing: the end comes when it ends, however it does. What is killed goes on
    // where it was, so nothing is tidied up, and native threads at work are not torn down.
    static void EndWithInput()
    {
        Span<byte> nothing = stackalloc byte[64];
        using var input = Console.OpenStandardInput();
        while (input.Read(nothing) > 0)
        {
        }
        Process.GetCurrentProcess().Kill();
    }
}
