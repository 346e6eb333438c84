// The models' header says which build answers; other replies do not.
using Majlis.Server.Operations;
using Xunit;

namespace Majlis.tests.Server;

public sealed class ServerVersionTests
{
    [Fact]
    public async Task The_list_of_models_names_version_and_commit()
    {
        await using var server = await RunningServer.StartAsync("one");
        using var models = await server.Http.GetAsync("/v1/models", TestContext.Current.CancellationToken);
        Assert.Equal(ServerVersion.Product, models.Headers.Server.ToString());
        Assert.Matches(@"^Majlis/\d+\.\d+\.\d+", ServerVersion.Product);
        using var health = await server.Http.GetAsync("/health/live", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("Majlis/", health.Headers.Server.ToString(), StringComparison.Ordinal);
    }
}
