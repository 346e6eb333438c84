// The embedded store in its own process, so that a test can kill it: this test program, started only to host it.
using System.Diagnostics;
using Majlis.Feedback.Store;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class GarnetProcess
{
    const string FolderVariable = "MAJLIS_TEST_GARNET_FOLDER";
    const string Ready = "GARNET-READY";

    public static Task<ServerProcess> StartAsync(string folder)
    {
        var method = $"{typeof(GarnetProcess).FullName}.{nameof(Hosts_until_killed)}";
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-method", method, "-explicit", "only"]);
        start.Environment[FolderVariable] = folder;
        return ServerProcess.StartAsync(start, Ready);
    }

    [Fact(Explicit = true)]
    public async Task Hosts_until_killed()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.SkipUnless(folder is not null, "only for tests that start it in a process of its own");
        await using var garnet = EmbeddedRedis.Start(folder);
        await using (var output = Console.OpenStandardOutput()) output.Write("GARNET-READY\n"u8);
        await Task.Delay(Timeout.InfiniteTimeSpan, TestContext.Current.CancellationToken);
    }
}
