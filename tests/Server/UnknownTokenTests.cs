// Models and requests that name tokens without a logit are served, also together with others in a step.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Server;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server;

public sealed class UnknownTokenTests
{
    [Theory]
    [InlineData("eos-out-of-range", "model")]
    [InlineData("eos-id-4294967295.gguf", "")]
    public async Task A_model_whose_end_has_no_logit_answers_with_a_least_length(string fault, string inside)
    {
        var path = Path.Combine(Shared.Require(Shared.Data("faults", fault)), inside);
        var model = ServerParts.Real.Open(Path.TrimEndingDirectorySeparator(path), "faulty", new());
        Assert.NotEmpty(model.Defaults.Ignored);
        await using var server = await RunningServer.StartAsync(model);
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => server.ChatAsync(new JsonObject
        {
            ["max_tokens"] = 4,
            ["min_tokens"] = i % 3,
            ["stop_token_ids"] = new JsonArray(-1, 70_000),
            ["logit_bias"] = new JsonObject { ["70000"] = 5 },
        })));
        Assert.All(replies, reply => Assert.Equal(HttpStatusCode.OK, reply.StatusCode));
    }
}
