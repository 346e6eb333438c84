// Arrays whose items are counted or must differ: of all short arrays over a few values exactly those are accepted that the keywords mean,
// in any order of items, with white space or without.
using System.Text;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Xunit;

namespace Majlis.tests.Inference.Grammars;

public sealed class ArraySchemaTests
{
    static readonly string[] values = ["1", "2", "\"a\"", "null"];

    [Theory]
    [InlineData("""{"contains":{"type":"integer"}}""", 1, 99, 0, 99)]
    [InlineData("""{"contains":{"type":"integer"},"minContains":2}""", 2, 99, 0, 99)]
    [InlineData("""{"contains":{"type":"integer"},"maxContains":2}""", 1, 2, 0, 99)]
    [InlineData("""{"contains":{"type":"integer"},"minContains":0,"maxContains":1}""", 0, 1, 0, 99)]
    [InlineData("""{"contains":{"type":"integer"},"minContains":0}""", 0, 99, 0, 99)]
    [InlineData("""{"contains":{"type":"integer"},"minContains":1,"maxContains":2,"minItems":2,"maxItems":3}""", 1, 2, 2, 3)]
    [InlineData("""{"minContains":2}""", 0, 99, 0, 99)]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#","contains":{"type":"integer"},"maxContains":1}""", 1, 99, 0, 99)]
    public void So_many_items_satisfy_what_an_array_contains(string schema, int least, int most, int fewest, int greatest) =>
        Check(schema, array => array.Count(item => item is "1" or "2") is var count && count >= least && count <= most
            && array.Length >= fewest && array.Length <= greatest);

    [Fact]
    public void Several_conditions_are_counted_at_once() => Check(
        """{"allOf":[{"contains":{"enum":[1,2]},"maxContains":2},{"contains":{"enum":[2,null]}}],"prefixItems":[{"enum":[1,2,"a"]}]}""",
        array => array.Count(item => item is "1" or "2") is 1 or 2 && array.Any(item => item is "2" or "null") && array[0] != "null");

    [Theory]
    [InlineData("""{"items":{"enum":[1,2,"a",null]},"uniqueItems":true}""", 0, 99)]
    [InlineData("""{"items":{"enum":[1,2,"a",null]},"uniqueItems":true,"minItems":2,"maxItems":3}""", 2, 3)]
    [InlineData("""{"items":{"anyOf":[{"const":1},{"const":2},{"const":"a"},{"type":"null"}]},"uniqueItems":true}""", 0, 99)]
    [InlineData("""{"prefixItems":[{"enum":[1,2,"a",null]}],"items":{"enum":["a",null,1.0,2]},"uniqueItems":true}""", 0, 99)]
    public void Listed_values_are_held_to_differ(string schema, int fewest, int greatest) =>
        Check(schema, array => array.Distinct().Count() == array.Length && array.Length >= fewest && array.Length <= greatest);

    [Theory]
    [InlineData("""{"type":"array","items":{"type":["boolean","null"]},"uniqueItems":true}""", "[true,null,false] []",
        "[true,true] [null,null]")]
    [InlineData("""{"type":"array","items":{"enum":[[1],[1,2],{"a":1}]},"uniqueItems":true}""", """[[1],{"a":1},[1,2]]""", """[[1],[1]]""")]
    [InlineData("""{"type":"array","uniqueItems":true,"maxItems":1}""", """[] ["any"]""", """["a","b"]""")]
    [InlineData("""{"type":"array","uniqueItems":false}""", """[1,1]""", "1")]
    public void Other_arrays_may_be_held_to_differ(string schema, string accepted, string refused)
    {
        var grammar = new SchemaSource(schema, JsonLayout.Compact).Compile();
        Assert.All(accepted.Split(' '), text => Assert.True(grammar.Accepts(Encoding.UTF8.GetBytes(text)), text));
        Assert.All(refused.Split(' '), text => Assert.False(grammar.Accepts(Encoding.UTF8.GetBytes(text)), text));
    }

    [Fact]
    public void After_the_last_value_left_no_comma_may_come()
    {
        var grammar = new SchemaSource("""{"type":"array","items":{"type":"boolean"},"uniqueItems":true}""", JsonLayout.Indented).Compile();
        Assert.NotEqual(grammar.Table.Nothing, State("[ true , false ]"));
        Assert.Equal(grammar.Table.Nothing, State("[ true , false ,"));
        Assert.Equal(grammar.Table.Nothing, State("[ true , t"));

        Node State(string text) => Encoding.UTF8.GetBytes(text).Aggregate(grammar.Start, grammar.Derivatives.Next);
    }

    [Fact]
    public void More_different_items_than_there_are_values_is_an_error() =>
        Assert.Contains("No JSON value fits", Assert.Throws<GrammarException>(() => new SchemaSource(
            """{"type":"array","items":{"enum":[1,2,3]},"minItems":4,"uniqueItems":true}""", JsonLayout.Compact).Compile()).Message,
            StringComparison.Ordinal);

    /// <summary>All arrays of up to four of the values.</summary>
    static void Check(string schema, Func<string[], bool> fits)
    {
        var grammar = new SchemaSource($$"""{"type":"array","allOf":[{{schema}}],"$schema":"{{Dialect(schema)}}"}""", new(1)).Compile();
        for (var length = 0; length <= 4; length++)
            for (var number = 0; number < 1 << (2 * length); number++)
            {
                string[] array = [.. Enumerable.Range(0, length).Select(i => values[number >> (2 * i) & 3])];
                foreach (var comma in new[] { ",", " , " })
                {
                    var text = $"[{string.Join(comma, array)}]";
                    Assert.True(grammar.Accepts(Encoding.UTF8.GetBytes(text)) == fits(array), $"{schema} {text}");
                }
            }
    }

    static string Dialect(string schema) => schema.Contains("draft-07", StringComparison.Ordinal)
        ? "http://json-schema.org/draft-07/schema#" : "https://json-schema.org/draft/2020-12/schema";
}
