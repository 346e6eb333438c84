// Without the hub, or with several quantisations: what of the cache is used, and when a name must say more.
using Majlis.Hub;
using Xunit;

namespace Majlis.tests.Hub;

public sealed class HubOfflineTests : HubWorld
{
    [Fact]
    public async Task Of_several_ggufs_one_must_be_named()
    {
        await using var other = await FakeHub.StartAsync();
        other.Add("tiny.Q4_K_M.gguf", [1, 2, 3], large: true);
        other.Add("tiny.Q8_0.gguf", [4, 5, 6], large: true);
        other.Add("README.md", "words");
        var refused = await Assert.ThrowsAsync<HubException>(() => PullAsync("org/model", endpoint: other.Endpoint));
        Assert.Contains("tiny.Q8_0.gguf", refused.Message, StringComparison.Ordinal);
        var path = await PullAsync("org/model:q8_0", endpoint: other.Endpoint);
        Assert.Equal("tiny.Q8_0.gguf", Path.GetFileName(path));
        Assert.Equal([4, 5, 6], File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Without_the_hub_the_last_pull_is_used()
    {
        var path = await PullAsync("org/model");
        Assert.Equal(path, await PullAsync("org/model", endpoint: "http://127.0.0.1:9"));
        Assert.Equal([1, 2], waits.Select(wait => (int)wait.TotalSeconds));
        Assert.Equal(path, await PullAsync("org/model", offline: true));
        Assert.Contains("HF_HUB_OFFLINE", (await Assert.ThrowsAsync<HubException>(() => PullAsync("org/other", offline: true))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_hub_no_other_quantisation_is_taken_for_the_one_that_is_named()
    {
        await using var other = await FakeHub.StartAsync();
        other.Add("Q8_0/tiny.Q4_K_M.gguf", [1, 2, 3], large: true);
        other.Add("mmproj-Q8_0.gguf", [4, 5, 6], large: true);
        var path = await PullAsync("org/model:Q4_K_M", endpoint: other.Endpoint);
        Assert.Equal(path, await PullAsync("org/model:Q4_K_M", offline: true));
        File.Copy(path, Path.Combine(folder.Path, "models--org--model", "snapshots", FakeHub.Commit, "mmproj-Q8_0.gguf"));
        var missing = await Assert.ThrowsAsync<HubException>(() => PullAsync("org/model:Q8_0", offline: true));
        Assert.Contains("org/model:Q8_0@main: HF_HUB_OFFLINE is set", missing.Message, StringComparison.Ordinal);
        Assert.Equal(path, await PullAsync("org/model", offline: true));
    }

    [Fact]
    public async Task Without_the_hub_one_of_several_quantisations_must_be_named_as_with_it()
    {
        await using var other = await FakeHub.StartAsync();
        other.Add("tiny.Q4_0.gguf", [1, 2, 3], large: true);
        other.Add("tiny.Q4_K_M.gguf", [4, 5, 6], large: true);
        other.Add("tiny.Q8_0-00001-of-00002.gguf", [7], large: true);
        other.Add("tiny.Q8_0-00002-of-00002.gguf", [8], large: true);
        foreach (var one in new[] { "Q4_0", "Q4_K_M", "Q8_0" }) await PullAsync($"org/model:{one}", endpoint: other.Endpoint);
        foreach (var name in new[] { "org/model", "org/model:Q4" })
        {
            var online = await Assert.ThrowsAsync<HubException>(() => PullAsync(name, endpoint: other.Endpoint));
            var offline = await Assert.ThrowsAsync<HubException>(() => PullAsync(name, offline: true));
            var unreachable = await Assert.ThrowsAsync<HubException>(() => PullAsync(name, endpoint: "http://127.0.0.1:9"));
            Assert.Equal(online.Message, offline.Message);
            Assert.Equal(online.Message, unreachable.Message);
            Assert.Contains("tiny.Q4_0.gguf, tiny.Q4_K_M.gguf", offline.Message, StringComparison.Ordinal);
        }
        Assert.Equal("tiny.Q8_0-00001-of-00002.gguf", Path.GetFileName(await PullAsync("org/model:Q8_0", offline: true)));
    }
}
