// Versions appear whole or not at all; of several swaps from one state only one succeeds; a changed file is found and named.
using System.Text;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Model.Hashes;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Majlis.Text;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Model;

public sealed class CatalogTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    readonly ModelCatalog catalog;

    public CatalogTests() => catalog = new ModelCatalog(folder.Path, time);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Each_move_waits_with_who_and_why_until_it_is_kept_and_a_move_not_made_does_not()
    {
        Commit("v1");
        Assert.True(catalog.TrySwap(CatalogState.Empty, CatalogState.Empty.Promote("v1"), new("omar", MoveNote.Promote, "better")));
        Assert.False(catalog.TrySwap(CatalogState.Empty, CatalogState.Empty.Promote("v1"), Moves.Promote));
        var waiting = Assert.Single(catalog.WaitingMoves());
        Assert.Equal(new CatalogMove(time.GetUtcNow(), "omar", "promote", null, "v1", 1, "better"), waiting.Move);
        Assert.Equal(waiting.Move, ModelCatalog.ReadMove(waiting.Json.Span));
        // As a process leaves it that is killed between the record and the pointer.
        var record = Directory.EnumerateFiles(Path.Combine(folder.Path, ".moves")).Single();
        File.WriteAllText(record.Replace("1.json", "2.json", StringComparison.Ordinal),
            File.ReadAllText(record).Replace("\"generation\": 1", "\"generation\": 2", StringComparison.Ordinal));
        Assert.Equal(waiting.Id, Assert.Single(catalog.WaitingMoves()).Id);
        catalog.Kept(waiting);
        Assert.Empty(catalog.WaitingMoves());
    }

    [Fact]
    public void An_empty_catalogue_is_generation_zero()
    {
        Assert.Equal(CatalogState.Empty, catalog.State());
        Assert.Empty(catalog.Versions());
        Assert.Empty(new ModelCatalog(folder.File("absent"), time).Versions());
    }

    [Fact]
    public void A_committed_version_has_hashes_a_time_and_verifies()
    {
        var manifest = Commit("v1");
        Assert.Equal(["master/a.txt", "serve/config.json", "serve/model.safetensors"], manifest.Files.Keys);
        Assert.Equal(FileHash.Of(catalog.ServePath("v1") + "/model.safetensors"), manifest.WeightsHash);
        Assert.Equal(time.GetUtcNow(), catalog.Read("v1").Created);
        Assert.Equal(["vote-1", "vote-2"], catalog.Read("v1").Votes);
        catalog.Verify("v1");
    }

    [Fact]
    public void A_draft_is_invisible_and_a_killed_one_is_cleared_away()
    {
        var killed = catalog.Begin("v1");
        File.WriteAllText(Path.Combine(killed.ServeFolder, "half"), "half");
        Assert.Empty(catalog.Versions());
        Assert.Throws<ModelFormatException>(() => catalog.Read("v1"));
        Assert.DoesNotContain("serve/half", Commit("v1").Files.Keys);
        Assert.Throws<ModelFormatException>(() => catalog.Begin("v1"));
    }

    [Fact]
    public void Versions_come_oldest_first()
    {
        Commit("b");
        time.Advance(TimeSpan.FromMinutes(1));
        Commit("a");
        Assert.Equal(["b", "a"], catalog.Versions());
    }

    [Fact]
    public void The_pointer_moves_once_for_those_who_saw_the_same_state()
    {
        Commit("v1");
        Commit("v2");
        Assert.True(catalog.TrySwap(CatalogState.Empty, CatalogState.Empty.Promote("v1"), Moves.Promote));
        var seen = catalog.State();
        Assert.Equal(new CatalogState(1, "v1", null, null, 0), seen);
        var winners = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8).Count(_ =>
            new ModelCatalog(folder.Path, time).TrySwap(seen, seen.Promote("v2"), Moves.Promote));
        Assert.Equal(1, winners);
        Assert.Equal(new CatalogState(2, "v2", "v1", null, 0), catalog.State());
        Assert.True(catalog.TrySwap(catalog.State(), catalog.State().RollBack(), Moves.Rollback));
        Assert.Equal(new CatalogState(3, "v1", "v2", null, 0), catalog.State());
    }

    [Fact]
    public void The_pointer_never_names_what_is_not_there()
    {
        Assert.Contains("there is no such version", Message(() =>
            catalog.TrySwap(CatalogState.Empty, CatalogState.Empty.Promote("nobody"), Moves.Promote)), StringComparison.Ordinal);
        Assert.Equal(CatalogState.Empty, catalog.State());
    }

    [Theory]
    [InlineData("serve/model.safetensors", false, "not what manifest.json lists")]
    [InlineData("serve/model.safetensors", true, "is missing")]
    [InlineData("master/a.txt", false, "not what manifest.json lists")]
    [InlineData("serve/stranger.bin", false, "not listed")]
    public void A_corrupt_version_is_refused_by_the_name_of_its_file(string name, bool deleted, string expected)
    {
        Commit("v1");
        var path = Path.Combine(folder.File("v1"), name);
        if (deleted) File.Delete(path);
        else File.AppendAllText(path, "x");
        var message = Message(() => catalog.Verify("v1"));
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(name), message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../v1")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("v1\n")]
    public void An_id_cannot_leave_the_folder(string id) => Assert.Throws<ModelFormatException>(() => catalog.Begin(id));

    [Fact]
    public void A_manifest_cannot_list_files_outside_its_version()
    {
        Commit("v1");
        var path = Path.Combine(folder.File("v1"), ModelCatalog.ManifestName);
        File.WriteAllText(path, File.ReadAllText(path).Replace("master/a.txt", "../../a.txt", StringComparison.Ordinal));
        Assert.Contains("outside the folder", Message(() => catalog.Verify("v1")), StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_json_names_its_file()
    {
        File.WriteAllText(folder.File("state.json"), "{\"generation\": 1,");
        Assert.Contains("state.json", Message(() => catalog.State()), StringComparison.Ordinal);
        Commit("v1");
        File.WriteAllText(Path.Combine(folder.File("v1"), ModelCatalog.ManifestName), "{}");
        Assert.Contains("manifest.json", Message(() => catalog.Read("v1")), StringComparison.Ordinal);
    }

    static string Message(Action action) => Assert.Throws<ModelFormatException>(action).Message;

    Manifest Commit(string id)
    {
        var draft = catalog.Begin(id);
        File.WriteAllText(Path.Combine(draft.MasterFolder, "a.txt"), "a");
        File.WriteAllText(Path.Combine(draft.ServeFolder, "config.json"), "{}");
        var header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        byte[] weights = [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), 0, 0, 0, 0];
        File.WriteAllBytes(Path.Combine(draft.ServeFolder, SafetensorsFolder.SingleName), weights);
        return draft.Commit(new Manifest { Id = id, Seed = 7, Votes = ["vote-1", "vote-2"] });
    }
}
