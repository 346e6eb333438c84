// Damaged requests to every endpoint: none fails the server or waits without an end, and every refusal is its API's. `fuzz requests` sends
// many more.
using Majlis.fuzz.Requests;
using Xunit;

namespace Majlis.tests.Server.Fuzzing;

public sealed class RequestFuzzTests : IAsyncLifetime
{
    const int Count = 3000;

    RunningServer server = null!;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await RunningServer.StartAsync(
        TinyModel.Of(new RecitingNetwork("Hello.")), options => options with { Redis = null });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Damaged_requests_are_answered_or_refused_in_the_shape_of_their_API()
    {
        var seeds = await RequestSeeds.MakeAsync(server.Http, Stop);
        var (statuses, findings) = await new RequestFuzz(server.Http, seeds).RunAsync(Count, seed: 1, Stop);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(", ", statuses.OrderBy(status => status.Key)));
        Assert.True(findings.Count == 0, string.Join('\n', findings.Select(finding => $"{finding.What}\n{finding.Request}")));
        Assert.True(statuses[200] > Count / 20 && statuses[400] > Count / 4);
    }

    [Fact]
    public async Task Every_endpoint_that_takes_a_body_has_a_valid_one_to_damage()
    {
        var document = await RunningServer.JsonAsync(await server.Http.GetAsync(new Uri("/openapi.json", UriKind.Relative), Stop));
        var posted = document["paths"]!.AsObject().Where(path => path.Value!.AsObject().ContainsKey("post")).Select(path => path.Key);
        string[] without = ["/cancel", "/pause", "/resume"];
        Assert.Equal(posted.Where(path => !without.Any(act => path.EndsWith(act, StringComparison.Ordinal))).Order(),
            RequestSeeds.PathsWithBody.Order());
    }
}
