// A real Redis with a password: the right one connects, and a wrong one is reported without being repeated.
using Majlis.Feedback.Store;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class RedisLoginTests
{
    [Theory]
    [InlineData("s3cret, with a comma", true)]
    [InlineData("s3cret", false)]
    [InlineData(null, false)]
    public async Task A_password_that_is_not_in_the_address_is_used(string? password, bool opens)
    {
        await using var server = await RedisServer.StartAsync(
            "--appendonly", "yes", "--appendfsync", "always", "--requirepass", "s3cret, with a comma");
        await using var connection = new RedisConnection(new RedisOptions
        {
            Redis = server.Address,
            Password = new RedisLogin(server.Address, password, null).Secret(),
            Patience = TimeSpan.FromSeconds(20),
        });
        if (opens) await Eventually.HoldsAsync("the store answers", async () => (await connection.StateAsync()).TakesVotes);
        var state = await connection.StateAsync();
        Assert.Equal(opens, state.TakesVotes);
        Assert.DoesNotContain("s3cret", state.Says, StringComparison.Ordinal);
    }
}
