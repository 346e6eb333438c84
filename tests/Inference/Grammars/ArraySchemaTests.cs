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
    [InlineData("""{"uniqueItems":true}""", 0, 99)]
    [InlineData("""{"items":{"type":["integer","string","null"]},"uniqueItems":true,"minItems":1,"maxItems":3}""", 1, 3)]
    [InlineData("""{"prefixItems":[{"type":["number","null","string"]}],"items":true,"uniqueItems":true,"minItems":2}""", 2, 99)]
    public void Values_are_held_to_differ(string schema, int fewest, int greatest) =>
        Check(schema, array => array.Distinct().Count() == array.Length && array.Length >= fewest && array.Length <= greatest);

    [Theory]
    [InlineData("""{"type":"array","items":{"type":["boolean","null"]},"uniqueItems":true}""", "[true,null,false] []",
        "[true,true] [null,null]")]
    [InlineData("""{"type":"array","items":{"enum":[[1],[1,2],{"a":1}]},"uniqueItems":true}""", """[[1],{"a":1},[1,2]]""", """[[1],[1]]""")]
    [InlineData("""{"type":"array","items":{"type":"string"},"uniqueItems":true}""", """["a","ab"] ["","b","a"] []""",
        """["a","b","a"] ["ab","a","ab"] ["",""] ["a","\u0061"]""")]
    [InlineData("""{"type":"array","items":{"type":"number"},"uniqueItems":true}""", """[1,10,0.5] [0,-1,-1.5]""",
        """[1,1.0] [0.5,1,0.50] [0,-0] [100,1e2]""")]
    [InlineData("""{"type":"array","items":{"type":"integer","minimum":5},"uniqueItems":true}""", """[5,55,6]""", """[5,6,5] [6,55,55]""")]
    [InlineData("""{"type":"array","items":{"type":"object"},"uniqueItems":true}""", """[{"a":1,"b":2},{"a":1},{"b":2,"a":{}}] [{}]""",
        """[{"a":1,"b":[2]},{"b":[2],"a":1}] [{},{}] [{"a":1},{"a":2,"a":1}]""")]
    [InlineData("""
        {"type":"array","items":{"properties":{"n":{"type":"string"},"of":{"$ref":"#"}},"additionalProperties":false,"type":"object"},
        "uniqueItems":true}
        """, """[{"n":"x"},{"n":"x","of":[{"n":"x"},{}]},{"of":[]}]""", """[{"n":"x"},{"n":"x"}] [{"of":[{"n":"a"},{"n":"a"}]}]""")]
    [InlineData("""{"type":"array","items":{"type":"array","items":{"type":"string"}},"uniqueItems":true}""", """[[],["a"],["a","a"]]""",
        """[["a"],["a"]]""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"integer"},"minProperties":2}""",
        """{"a":1,"b":1} {"a":1,"ab":1,"c":2}""", """{} {"a":1} {"a":1,"a":2}""")]
    [InlineData("""{"type":"object","properties":{"a":true},"minProperties":3}""", """{"a":1,"b":1,"c":1} {"b":1,"c":1,"d":{}}""",
        """{"a":1,"b":1} {"a":1,"b":1,"b":1} {"b":1,"c":1}""")]
    [InlineData("""{"type":"object","patternProperties":{"^[ab]$":true},"additionalProperties":false,"minProperties":2}""",
        """{"a":1,"b":1} {"b":1,"a":2}""", """{"a":1} {"a":1,"a":1} {"a":1,"b":1,"c":1}""")]
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

    [Theory]
    [InlineData("""{"items":{"pattern":"^[ab]$","type":"string"},"uniqueItems":true}""", """["a","b" """, """["b","a",""")]
    [InlineData("""{"items":{"maximum":12,"minimum":9,"type":"integer"},"uniqueItems":true}""", "[10,11,", "[10,12,9,11,", "[9,9")]
    [InlineData("""{"items":{"type":"array","items":{"const":1},"maxItems":1},"uniqueItems":true}""", "[[1],[", "[[],[]", "[[1],[],")]
    public void What_could_only_repeat_is_not_begun(string schema, string alive, params string[] dead)
    {
        var grammar = new SchemaSource($$"""{"type":"array","allOf":[{{schema}}]}""", JsonLayout.Compact).Compile();
        Assert.NotEqual(grammar.Table.Nothing, State(alive.Trim()));
        Assert.All(dead, text => Assert.Equal(grammar.Table.Nothing, State(text)));

        Node State(string text) => Encoding.UTF8.GetBytes(text).Aggregate(grammar.Start, grammar.Derivatives.Next);
    }

    [Theory]
    [InlineData("""{"type":"array","items":{"type":"string","pattern":"^[ab]?$"},"minItems":4,"uniqueItems":true}""", "#/uniqueItems")]
    [InlineData("""{"type":"object","patternProperties":{"^[ab]$":true},"additionalProperties":false,"minProperties":3}""",
        "#/minProperties")]
    public void More_different_entries_than_can_be_seen_to_exist_are_an_error(string schema, string place) => Assert.Contains(place,
        Assert.Throws<GrammarException>(() => new SchemaSource(schema, JsonLayout.Compact).Compile()).Message, StringComparison.Ordinal);

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
