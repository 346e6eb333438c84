// The variables of huggingface_hub, and the progress line.
using Majlis.Hub;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Hub;

public sealed class HubSettingsTests
{
    [Fact]
    public void Variables_mean_what_they_mean_to_huggingface_hub()
    {
        Assert.Equal(new HubSettings("http://mirror", "t", "/cache", false),
            Read(("HF_ENDPOINT", "http://mirror/"), ("HF_TOKEN", " t\n"), ("HF_HUB_CACHE", "/cache")));
        Assert.Equal(new HubSettings("https://huggingface.co", null, "/home/hub", true),
            Read(("HF_HOME", "/home"), ("HF_HUB_OFFLINE", "1")));
        Assert.Equal("/xdg/huggingface/hub", Read(("XDG_CACHE_HOME", "/xdg"), ("HF_TOKEN", "t")).Cache);
    }

    [Theory]
    [InlineData("org/name", "org/name", "main", null)]
    [InlineData("org/na.me-1@v1.0", "org/na.me-1", "v1.0", null)]
    [InlineData("org/name:Q4_K_M", "org/name", "main", "Q4_K_M")]
    [InlineData("org/name:Q4_K_M@refs/pr/1", "org/name", "refs/pr/1", "Q4_K_M")]
    public void Names_are_read(string text, string repository, string revision, string? quantisation) =>
        Assert.Equal(new HubName(repository, revision, quantisation), HubName.TryParse(text));

    [Theory]
    [InlineData("name")]
    [InlineData("./models/x")]
    [InlineData("/models/x")]
    [InlineData("a/b/c")]
    [InlineData("a/b@../c")]
    [InlineData("a/..")]
    public void Paths_are_no_names(string text) => Assert.Null(HubName.TryParse(text));

    [Fact]
    public void The_line_tells_rate_and_time_left()
    {
        var time = new FakeTimeProvider();
        var progress = new HubProgress(1_000_000_000, time);
        progress.Reuse(100_000_000);
        Assert.Equal("100.0 of 1000.0 MB (10 %), 0.0 MB/s, waiting", progress.ToString());
        time.Advance(TimeSpan.FromSeconds(2));
        progress.Add(20_000_000);
        Assert.Equal("120.0 of 1000.0 MB (12 %), 10.0 MB/s, 1:28 left", progress.ToString());
        progress.Add(880_000_000);
        Assert.EndsWith("done", progress.ToString(), StringComparison.Ordinal);
    }

    static HubSettings Read(params (string Name, string Value)[] variables) =>
        HubSettings.Read(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
