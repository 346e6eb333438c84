// A catalogue with a damaged file: a message names the damage and the remedy, and undamaged versions are still found.
using Majlis.Model.Catalog;
using Majlis.tests.Server;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Model;

public sealed class DamagedCatalogTests : IDisposable
{
    readonly TinyCatalog folder = new();

    ModelCatalog Catalog => new(folder.Path, TimeProvider.System);

    public void Dispose() => folder.Dispose();

    public static TheoryData<string?> Damages =>
    [
        (string?)null, "", "{", "null", "[]", "{}", "{\"generation\": 1",
        "{\"generation\": -1, \"current\": \"v1\", \"previous\": null, \"candidate\": null, \"share\": 0}",
        "{\"generation\": 1, \"current\": \"../v1\", \"previous\": null, \"candidate\": null, \"share\": 0}",
        "{\"generation\": 1, \"current\": \"v1\", \"previous\": null, \"candidate\": null, \"share\": 7}",
        "{\"generation\": 1, \"current\": 1, \"previous\": null, \"candidate\": null, \"share\": 0}",
    ];

    [Theory, MemberData(nameof(Damages))]
    public void A_damaged_pointer_says_what_to_write_in_its_place_and_that_mends_it(string? content)
    {
        folder.Promote("v1");
        folder.Promote("v2");
        folder.DamageState(content);
        var damage = Assert.Throws<ModelFormatException>(() => Catalog.State());
        Assert.Contains("state.json", damage.Message, StringComparison.Ordinal);
        var pointer = damage.Message[damage.Message.LastIndexOf('{')..(damage.Message.LastIndexOf('}') + 1)];
        folder.MendState(pointer);
        Assert.Equal("v2", Catalog.State().Current);
        Assert.True(Catalog.TrySwap(Catalog.State(), Catalog.State().Promote("v1"), Moves.Promote));
    }

    [Theory]
    [InlineData("\"files\": {", "\"files\": null, \"x\": {", "x")]
    [InlineData("\"parents\": []", "\"parents\": null", "parents")]
    [InlineData("\"parents\": []", "\"parents\": [null]", "parents")]
    [InlineData("\"votes\": []", "\"votes\": null", "votes")]
    [InlineData("\"weights_hash\": \"", "\"weights_hash\": null, \"y\": \"", "y")]
    [InlineData("\"id\": \"v1\"", "\"id\": null", "manifest of ''")]
    [InlineData("\"id\": \"v1\"", "\"id\": 7", "'id' must be a string")]
    public void A_manifest_without_its_values_is_refused_in_words(string whole, string damaged, string expected)
    {
        folder.Promote("v1");
        var path = Path.Combine(folder.Path, "v1", ModelCatalog.ManifestName);
        var text = File.ReadAllText(path);
        Assert.Contains(whole, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(whole, damaged, StringComparison.Ordinal));
        var damage = Assert.Throws<ModelFormatException>(() => Catalog.Verify("v1"));
        Assert.Contains("manifest.json", damage.Message, StringComparison.Ordinal);
        Assert.Contains(expected, damage.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{\"serve/model.safetensors\": null}")]
    [InlineData("[]")]
    public void Files_that_are_none_are_refused(string files)
    {
        folder.Promote("v1");
        var path = Path.Combine(folder.Path, "v1", ModelCatalog.ManifestName);
        var manifest = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(path))!;
        manifest["files"] = System.Text.Json.Nodes.JsonNode.Parse(files);
        File.WriteAllText(path, manifest.ToJsonString());
        Assert.Contains("files", Assert.Throws<ModelFormatException>(() => Catalog.Verify("v1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_a_manifests_place_is_refused_and_its_name_stays_taken()
    {
        folder.Promote("v1");
        var path = Path.Combine(folder.Path, "v1", ModelCatalog.ManifestName);
        File.Delete(path);
        Directory.CreateDirectory(path);
        Assert.Contains("a folder is in the place", Assert.Throws<ModelFormatException>(() => Catalog.Read("v1")).Message,
            StringComparison.Ordinal);
        Assert.Empty(Catalog.Readable());
        Assert.Contains("v1", Catalog.Names());
    }

    [Fact]
    public void Versions_that_a_gate_refused_are_no_candidates()
    {
        folder.Promote("v1");
        var draft = Catalog.Begin("v2");
        File.Copy(Path.Combine(Catalog.ServePath("v1"), "model.safetensors"), Path.Combine(draft.ServeFolder, "model.safetensors"));
        draft.Commit(new Manifest { Id = "v2", Gate = System.Text.Json.JsonSerializer.SerializeToElement(new { decision = "Refuse" }) });
        Assert.Equal(["v1"], Catalog.Candidates().Select(manifest => manifest.Id));
    }
}
