// The memory of events that can be read again.
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Server.Responses;
using Xunit;

namespace Majlis.tests.Server.Responses;

public sealed class ResponseLogsTests
{
    [Fact]
    public void Of_those_that_ended_the_first_are_forgotten_and_none_that_runs()
    {
        var (logs, each) = (new ResponseLogs(mostEnded: 2 * Log().Bytes), 5);
        for (var i = 0; i < each; i++) logs.Add($"{i}", Log());
        for (var i = 0; i < each - 1; i++) logs.End($"{i}");
        Assert.Equal([false, false, true, true, true], Enumerable.Range(0, each).Select(i => logs.Find($"{i}") is not null));
    }

    [Fact]
    public void Where_those_that_run_take_too_much_another_is_told_to_come_again()
    {
        var logs = new ResponseLogs(mostEnded: 0, most: Log().Bytes);
        logs.CheckRoom();
        logs.Add("a", Log());
        logs.CheckRoom();
        logs.Add("b", Log());
        Assert.Contains("2 requests", Assert.Throws<EngineBusyException>(logs.CheckRoom).Message, StringComparison.Ordinal);
        logs.End("a");
        logs.CheckRoom();
    }

    static ResponseLog Log()
    {
        var log = new ResponseLog();
        log.Add(new JsonObject { ["type"] = "response.created", ["sequence_number"] = 0 });
        return log;
    }
}
