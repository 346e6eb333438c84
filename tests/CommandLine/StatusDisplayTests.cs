// Work behind a display, whatever it does, leaves its caller free to end the process.
using Majlis.CommandLine;
using Xunit;

namespace Majlis.tests.CommandLine;

public sealed class StatusDisplayTests
{
    [Fact]
    public async Task Work_that_never_yields_does_not_block_its_caller()
    {
        using var gate = new ManualResetEventSlim();
        var running = StatusDisplay.RunAsync(TextWriter.Null, _ => Task.FromResult(gate.Wait(TimeSpan.FromSeconds(20))));
        gate.Set();
        Assert.True(await running);
    }
}
