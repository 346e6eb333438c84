// Which weights a server begins with when the best it knows of cannot be served.
using Majlis.Server;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Server;

public sealed class StartupTests : IDisposable
{
    readonly TinyCatalog folder = new();
    readonly List<string> said = [];

    [Fact]
    public async Task The_current_version_is_served_rather_than_the_model_that_is_named()
    {
        folder.Promote("v1");
        Assert.Equal("v1", await StartAsync());
        Assert.Empty(said);
    }

    [Fact]
    public async Task Behind_a_corrupt_current_version_stands_the_previous_one()
    {
        folder.Promote("v1");
        folder.Promote("v2", corrupt: true);
        Assert.Equal("v1", await StartAsync());
        Assert.Matches("Version v2 is refused: .*model.safetensors.* Trying v1", Assert.Single(said));
    }

    [Fact]
    public async Task Behind_a_corrupt_first_version_stands_the_model_that_is_named()
    {
        folder.Promote("v1", corrupt: true);
        Assert.Equal("named", await StartAsync());
        Assert.Contains("Trying named", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_nothing_behind_it_a_corrupt_version_is_an_error()
    {
        folder.Promote("v1", corrupt: true);
        var broken = await Assert.ThrowsAsync<ModelFormatException>(() => Startup.OpenModelAsync(new() { Catalog = folder.Path }, Parts, said.Add));
        Assert.Contains("model.safetensors", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_model_two_lines_say_how_to_name_one()
    {
        var none = await Assert.ThrowsAsync<StartupException>(() => Startup.OpenModelAsync(new() { Catalog = folder.Path }, Parts, said.Add));
        Assert.Equal(2, none.Message.Split(Environment.NewLine).Length);
        Assert.Contains("--model", none.Message, StringComparison.Ordinal);
    }

    static ServerParts Parts => ServerParts.Real with { Open = (_, version) => TinyModel.Of(new RecitingNetwork("words"), version) };

    async Task<string> StartAsync()
    {
        using var named = new TemporaryFolder();
        var path = Path.Combine(named.Path, "named.gguf");
        await File.WriteAllBytesAsync(path, [], TestContext.Current.CancellationToken);
        using var model = await Startup.OpenModelAsync(new() { Catalog = folder.Path, Model = path }, Parts, said.Add);
        return model.Version;
    }

    public void Dispose() => folder.Dispose();
}
