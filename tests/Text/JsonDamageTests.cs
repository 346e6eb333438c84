// Damaged JSON is explained in plain words: what field, what was expected, where; never by .NET's types or its names of places.
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Majlis.Model.Catalog;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Text;

public sealed class JsonDamageTests
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    sealed record Card(int Games, double Rate, string Name, bool Done, DateTimeOffset At, ImmutableArray<int> Ids, long? Last,
        Card? Inner, Dictionary<string, int>? Counts)
    {
        public required int Needed { get; init; }
    }

    [Theory]
    [InlineData("""{"Needed": 1, "Games": "three"}""", "line 1, byte", "'Games' must be a number")]
    [InlineData("""{"Needed": 1, "Games": 99999999999}""", "'Games' must be a whole number that is not too large")]
    [InlineData("""{"Needed": 1, "Inner": {"Needed": 1, "Last": []}}""", "'Inner.Last' must be a number")]
    [InlineData("""{"Needed": 1, "Rate": "x"}""", "'Rate' must be a number")]
    [InlineData("""{"Needed": 1, "Name": 3}""", "'Name' must be a string")]
    [InlineData("""{"Needed": 1, "Done": 3}""", "'Done' must be true or false")]
    [InlineData("""{"Needed": 1, "At": "today"}""", "'At' must be a date and time")]
    [InlineData("""{"Needed": 1, "Ids": {}}""", "'Ids' must be a list")]
    [InlineData("""{"Needed": 1, "Inner": 4}""", "'Inner' is not of the kind")]
    [InlineData("""{"Games": 1}""", "lacks 'Needed'")]
    [InlineData("""{"Needed": 1, "Gams": 1}""", "field 'Gams', which is not known")]
    [InlineData("", "empty or cut short")]
    [InlineData("[", "line 1")]
    [InlineData("{\n\"Games\": 1,,}", "line 2, byte")]
    [InlineData("4", "the whole must be an object")]
    public void It_names_the_field_and_what_was_expected(string json, params string[] words)
    {
        var damage = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Card>(json));
        var said = JsonDamage.Of(damage);
        Assert.All(words, word => Assert.Contains(word, said, StringComparison.Ordinal));
        Assert.DoesNotMatch(@"System\.|BytePosition|LineNumber|Majlis|Path:|\$|isFinalBlock|`", said);
    }

    [Theory]
    [InlineData("""{"version": 3}""")]
    [InlineData("""{"version": "v1", "files": 7}""")]
    [InlineData("{")]
    public void A_damaged_manifest_says_so_in_plain_words(string json)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "manifest.json");
        File.WriteAllText(file, json);
        var said = Assert.Throws<ModelFormatException>(() => CatalogFile.TryRead(file, CatalogJson.Default.Manifest)).Message;
        Assert.StartsWith(file, said, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"System\.|BytePosition|LineNumber|Path:|\$|`", said);
    }
}
