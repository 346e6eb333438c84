// Which weights a server starts with when the first choice cannot be served.
using System.Text.RegularExpressions;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Model.Catalog;
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
    public async Task After_the_first_promotion_was_rolled_back_the_model_that_is_named_is_served()
    {
        folder.Promote("v1");
        var catalog = new ModelCatalog(folder.Path, TimeProvider.System);
        var state = catalog.State();
        Assert.True(catalog.TrySwap(state, state.RollBack(), new("a test", MoveNote.Rollback)));
        Assert.Equal("named", await StartAsync());
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

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{\"generation\": 3, \"curr")]
    [InlineData("{}")]
    public async Task A_damaged_pointer_leaves_the_newest_version_that_verifies(string? content)
    {
        folder.Promote("v1");
        folder.Promote("v2");
        folder.Promote("v3", corrupt: true);
        folder.DamageState(content);
        Assert.Equal("v2", await StartAsync());
        Assert.Equal(2, said.Count);
        Assert.Matches("newest one that verifies will be: .*state.json.*To mend it, put a file with {.*} in its place", said[0]);
        Assert.Matches("Version v3 is refused: .*Trying v2", said[1]);
    }

    [Fact]
    public async Task A_damaged_pointer_with_no_version_leaves_the_model_that_is_named()
    {
        folder.DamageState("");
        Assert.Equal("named", await StartAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_manifest_that_is_none_does_not_hide_the_previous_version(bool isFolder)
    {
        folder.Promote("v1");
        folder.Promote("v2");
        var manifest = Path.Combine(folder.Path, "v2", "manifest.json");
        var text = await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken);
        File.Delete(manifest);
        if (isFolder) Directory.CreateDirectory(manifest);
        else
            await File.WriteAllTextAsync(manifest, Regex.Replace(text, "\"files\": {[^}]*}", "\"files\": null"),
                TestContext.Current.CancellationToken);
        Assert.Equal("v1", await StartAsync());
        Assert.Matches("Version v2 is refused: .*manifest.json.* Trying v1", Assert.Single(said));
    }

    [Fact]
    public async Task A_version_whose_context_holds_no_prompt_is_refused()
    {
        folder.Promote("v1");
        folder.Promote("v2");
        using var model = await Startup.OpenModelAsync(new() { Catalog = folder.Path }, ServerParts.Real with
        {
            Open = (_, version, _) => TinyModel.Of(new RecitingNetwork("words"), version, context: version == "v2" ? 8 : 64)
        }, said.Add);
        Assert.Equal("v1", model.Version);
        Assert.Matches("The context of v2 holds 8 tokens, .* the shortest prompt takes [0-9]+", Assert.Single(said));
    }

    [Fact]
    public async Task A_version_whose_sampling_defaults_no_request_could_use_is_refused()
    {
        folder.Promote("v1");
        folder.Promote("v2");
        using var model = await Startup.OpenModelAsync(new() { Catalog = folder.Path }, ServerParts.Real with
        {
            Open = (_, version, _) => TinyModel.Of(new RecitingNetwork("words"), version, topP: version == "v2" ? 1.5f : null)
        }, said.Add);
        Assert.Equal("v1", model.Version);
        Assert.Matches(@"The sampling defaults of v2 \(generation_config.json.* top_p is 1.5; it must lie", Assert.Single(said));
    }

    [Fact]
    public async Task With_nothing_behind_it_a_corrupt_version_is_an_error()
    {
        folder.Promote("v1", corrupt: true);
        var broken = await Assert.ThrowsAsync<ModelFormatException>(
            () => Startup.OpenModelAsync(new() { Catalog = folder.Path }, Parts, said.Add));
        Assert.Contains("model.safetensors", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_model_two_lines_say_how_to_name_one()
    {
        var none = await Assert.ThrowsAsync<StartupException>(
            () => Startup.OpenModelAsync(new() { Catalog = folder.Path }, Parts, said.Add));
        Assert.Equal(2, none.Message.Split(Environment.NewLine).Length);
        Assert.Contains("git checkout -- models/starter", none.Message, StringComparison.Ordinal);
        Assert.Contains("--model PATH or ORG/NAME", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_name_the_starter_is_served_under_its_own()
    {
        using var place = new TemporaryFolder();
        TinyStarter.Lay(place.Path);
        using var model = await StarterAsync(place);
        Assert.Equal("starter", model.Version);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_damaged_starter_is_not_opened_named_or_not(bool isNamed)
    {
        using var place = new TemporaryFolder();
        var path = TinyStarter.Lay(place.Path);
        await File.AppendAllTextAsync(Path.Combine(path, "tokenizer.json"), " ", TestContext.Current.CancellationToken);
        var damage = await Assert.ThrowsAsync<ModelFormatException>(() => StarterAsync(place, isNamed ? path : null));
        Assert.Contains("tokenizer.json", damage.Message, StringComparison.Ordinal);
        Assert.True(Startup.Explains(damage));
    }

    [Fact]
    public async Task Where_the_catalogue_has_a_version_a_damaged_starter_is_not_looked_at()
    {
        using var place = new TemporaryFolder();
        File.Delete(Path.Combine(TinyStarter.Lay(place.Path), "config.json"));
        folder.Promote("v1");
        using var model = await StarterAsync(place);
        Assert.Equal("v1", model.Version);
        Assert.Empty(said);
    }

    Task<LoadedModel> StarterAsync(TemporaryFolder place, string? named = null) => Startup.OpenModelAsync(
        new() { Catalog = folder.Path, Model = named }, Parts with { Starter = new Starter(place.Path) }, said.Add);

    static ServerParts Parts => ServerParts.Real with
    {
        Open = (_, version, _) => TinyModel.Of(new RecitingNetwork("words"), version),
        Starter = new Starter("nowhere"),
    };

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
