// Pruning deletes old versions: the newest and those in use stay; a name that was ever taken stays taken.
using Majlis.Model.Catalog;
using Majlis.tests.Support;
using Majlis.Text;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Model;

public sealed class CatalogPruningTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly FakeTimeProvider time = new();
    readonly ModelCatalog catalog;

    public CatalogPruningTests() => catalog = new ModelCatalog(folder.Path, time);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(9, "")]
    [InlineData(3, "v1 v2 v3")]
    [InlineData(2, "v1 v2 v3")]
    [InlineData(0, "v1 v2 v3 v6")]
    public void The_newest_stay_and_the_current_the_previous_and_the_parent(int keep, string gone)
    {
        Commit("v1", "v2", "v3", "v4", "v5", "v6");
        Promote("v4");
        Promote("v5");
        Assert.Equal(gone, string.Join(' ', catalog.Prune(keep)));
        Assert.Equal(new[] { "v1", "v2", "v3", "v4", "v5", "v6" }.Except(gone.Split(' ')), catalog.Versions());
        foreach (var version in catalog.Versions()) catalog.Verify(version);
        Assert.Empty(catalog.Prune(keep));
    }

    [Fact]
    public void The_parent_of_the_current_version_stays_though_the_pointer_forgot_it()
    {
        Commit("v1", "v2", "v3");
        var draft = Draft("v4");
        draft.Commit(new Manifest { Id = "v4", Parents = ["v1"] });
        Promote("v2");
        Promote("v4");
        Assert.Equal(["v3"], catalog.Prune(0));
    }

    [Fact]
    public void A_pruned_version_leaves_its_manifest_and_its_name()
    {
        Commit("v1", "v2");
        var hash = catalog.Read("v1").WeightsHash;
        Assert.Equal(["v1"], catalog.Prune(1));
        Assert.Equal(hash, Assert.Single(catalog.Pruned()).WeightsHash);
        Assert.Contains("v1", catalog.Names());
        Assert.False(Directory.Exists(folder.File("v1")));
        Assert.Empty(Directory.EnumerateDirectories(folder.Path, ".trash*"));
    }

    [Fact]
    public void What_a_killed_pruning_left_is_cleared_away()
    {
        Commit("v1");
        Directory.CreateDirectory(folder.File(".trash-v0", "serve"));
        Assert.Empty(catalog.Prune(3));
        Assert.False(Directory.Exists(folder.File(".trash-v0")));
    }

    [Fact]
    public void With_a_damaged_pointer_nothing_is_deleted()
    {
        Commit("v1", "v2");
        File.WriteAllText(folder.File("state.json"), "{");
        Assert.Throws<ModelFormatException>(() => catalog.Prune(0));
        Assert.Equal(["v1", "v2"], catalog.Versions());
    }

    [Fact]
    public void A_damaged_version_is_left_to_people()
    {
        Commit("v1", "v2");
        File.WriteAllText(folder.File("v1", ModelCatalog.ManifestName), "{");
        Assert.Equal(["v2"], catalog.Prune(0));
        Assert.True(Directory.Exists(folder.File("v1")));
    }

    void Promote(string version) => Assert.True(catalog.TrySwap(catalog.State(), catalog.State().Promote(version), Moves.Promote));

    void Commit(params string[] versions)
    {
        foreach (var version in versions)
        {
            Draft(version).Commit(new Manifest { Id = version });
            time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    VersionDraft Draft(string version)
    {
        var draft = catalog.Begin(version);
        var header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"u8.ToArray();
        File.WriteAllBytes(Path.Combine(draft.ServeFolder, "model.safetensors"),
            [.. BitConverter.GetBytes((long)header.Length), .. header, 0, 0, 0, 0]);
        return draft;
    }
}
