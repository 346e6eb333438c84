// A real server process is told to end while it answers: the answer goes on to its end, and the process ends well.
using System.Diagnostics;
using System.Net.Http.Json;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server;

public sealed class TerminationTests
{
    [Fact]
    public async Task An_answer_under_way_at_SIGTERM_is_written_to_its_end()
    {
        var model = Shared.Require(Shared.AnyModel);
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Majlis.Server"),
            ["--model", model, "--data", folder.File("data"), "--catalog", folder.File("catalog"), "--urls", "http://127.0.0.1:0"]);
        start.Environment["Logging__LogLevel__Default"] = "Information"; // other tests ask for less, and what they ask is inherited
        await using var server = await ServerProcess.StartAsync(start, "Serving ");
        using var http = new HttpClient { BaseAddress = new Uri(server.Said.Split(" on ")[^1].TrimEnd('.')) };
        // Long enough that the answer outlasts whatever would end the process soon after the signal.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new
            {
                model = "current",
                messages = new[] { new { role = "user", content = "Count." } },
                max_tokens = 1900,
                ignore_eos = true,
                stream = true,
            }),
        };
        using var reply = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await server.TellToEndAsync();
        var events = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("data: [DONE]", events.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(0, await server.ExitAsync());
    }
}
