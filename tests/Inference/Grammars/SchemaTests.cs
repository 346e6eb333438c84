// JSON Schema, keyword by keyword: which values may be written, in which form, and which schemas are refused with what reason.
using System.Globalization;
using System.Text;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Xunit;

namespace Majlis.tests.Inference.Grammars;

public sealed class SchemaTests
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"},"b":{}},"required":["b"]}""",
        """{"b":1} {"a":2,"b":null} {"b":[],"z":0}""", """{} {"a":1} {"b":1,"a":2} {"a":1.5,"b":1}""")]
    [InlineData("""{"properties":{"a":{"type":"null"}},"additionalProperties":{"type":"string"}}""",
        """{} {"a":null,"b":"x"} 7""", """{"a":1} {"b":1} {"b":"x","a":"x"}""")]
    [InlineData("""{"type":"object","patternProperties":{"^x":{"type":"integer"}},"additionalProperties":false}""",
        """{} {"x1":1,"xy":2}""", """{"x":"s"} {"y":1}""")]
    [InlineData("""{"type":"object","propertyNames":{"pattern":"^[a-z]$"},"minProperties":1}""",
        """{"a":1} {"a":1,"b":2}""", """{} {"ab":1}""")]
    [InlineData(
        """{"type":"object","properties":{"a":true,"b":true,"c":true},"additionalProperties":false,"minProperties":2,"maxProperties":2}""",
        """{"a":1,"c":2} {"b":1,"c":2}""", """{"a":1} {"a":1,"b":2,"c":3}""")]
    [InlineData(
        """{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":{"type":"null"},"minItems":1,"maxItems":3}""",
        """["a"] ["a",1] ["a",1,null]""", """[] [1] ["a",1,1] ["a",1,null,null]""")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"string"}],"additionalItems":false}""",
        """[] ["a"] 1""", """["a",1] [1]""")]
    [InlineData("""{"anyOf":[{"type":"integer"},{"enum":["x","y"]}],"not":{"const":"y"}}""", """1 -5 "x" """, """ "y" 1.5 null""")]
    [InlineData("""{"oneOf":[{"type":"integer","minimum":0},{"type":"integer","maximum":10}]}""", """-1 11 -100""", """0 5 10""")]
    [InlineData("""{"type":"number","not":{"type":"integer"},"minimum":0,"maximum":2}""", """0.5 1.01 1.99""", """0 1 2 1.0 2.5""")]
    [InlineData("""{"allOf":[{"type":["integer","string"]},{"type":["string","null"]}]}""", """ "a" """, """1 null""")]
    [InlineData("""{"if":{"type":"string"},"then":{"maxLength":1},"else":{"type":"null"}}""", """ "a" null""", """ "ab" 1""")]
    [InlineData("""{"type":"object","properties":{"a":true,"b":true},"dependentRequired":{"a":["b"]},"additionalProperties":false}""",
        """{} {"b":1} {"a":1,"b":2}""", """{"a":1}""")]
    [InlineData("""{"$defs":{"n":{"type":"object","properties":{"v":{"type":"integer"},"n":{"$ref":"#/$defs/n"}}}},"$ref":"#/$defs/n"}""",
        """{"v":1} {"v":1,"n":{"v":2,"n":{"v":3}}}""", """{"v":"x"} {"v":1,"n":{"n":1}}""")]
    [InlineData("""
        {"$ref":"#a","$defs":{"one":{"$anchor":"a","type":"integer"},"other":{"$id":"other","$anchor":"a","type":"string"}}}
        """, """1""", """ "x" """)]
    [InlineData("""
        {"$id":"http://x.org/root.json","type":"array","items":false,"$defs":{"A":{"$id":"sub/a.json","$anchor":"z","type":"integer",
         "$defs":{"b":{"type":"null"}}}},
         "prefixItems":[{"$ref":"sub/a.json"},{"$ref":"http://x.org/sub/a.json#z"},{"$ref":"/sub/a.json#/$defs/b"}]}
        """, """[1,2,null]""", """["x"] [1,2,3]""")]
    [InlineData("""
        {"$id":"http://x.org/root.json","$ref":"sub/a.json",
         "$defs":{"A":{"$id":"sub/a.json","$ref":"b.json"},"B":{"$id":"http://x.org/sub/b.json","type":"integer"}}}
        """, """1""", """ "x" """)]
    [InlineData("""{"type":"integer","multipleOf":7,"minimum":10,"maximum":50}""", """14 21 49""", """7 10 50 56""")]
    [InlineData("""{"type":"number","multipleOf":0.25}""", """0 0.25 -1.5 7.00""", """0.1 0.125 1e2""")]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", """ "ab" "é😀x" "\n\u0001" """, """ "a" "abcd" """)]
    [InlineData("""{"type":"string","format":"date"}""", """ "2024-02-29" "2023-12-31" """, """ "2023-02-29" "2024-13-01" "2024-04-31" """)]
    [InlineData("""{"type":"string","format":"date-time"}""", """ "2024-02-29T12:00:00Z" "2023-12-31T23:59:59.5+02:00" """,
        """ "2024-02-29" "2024-02-29T24:00:00Z" """)]
    [InlineData("""{"type":"string","format":"ipv6"}""", """ "::" "::1" "1:2:3:4:5:6:7:8" "fe80::1.2.3.4" """,
        """ "1:2" ":::" "1::2::3" """)]
    [InlineData("""{"type":"string","format":"email"}""", """ "a.b@example.com" """, """ "a@" "@b" "a..b@c" """)]
    [InlineData("""{"type":"string","format":"uri"}""",
        """ "https://u@example.com:8/p/q?x=1#f" "mailto:a@b.c" """, """ "//x" "a" "http://a:b" """)]
    [InlineData("""{"type":"string","format":"uuid"}""", """ "123e4567-e89b-12d3-a456-426614174000" """, """ "123e4567" """)]
    [InlineData("""{"type":"string","format":"duration"}""", """ "P1Y2DT3H" "PT5M" "P3W" """, """ "P" "PT" "1Y" """)]
    [InlineData("""{"const":{"a":[1,"x"]}}""", """{"a":[1,"x"]}""", """{"a":[1]} {}""")]
    [InlineData("""
        {"properties":{"a":{"type":"integer"}},"required":["a"],"maxProperties":1,"enum":[{"a":1},{"a":"x"},{},{"a":1,"b":2},"s"]}
        """, """{"a":1} "s" """, """{"a":"x"} {} {"a":1,"b":2}""")]
    [InlineData("""{"additionalProperties":{"type":"null"},"patternProperties":{"^x":true},"enum":[{"x":1},{"y":null},{"y":1}]}""",
        """{"x":1} {"y":null}""", """{"y":1} {}""")]
    [InlineData("""{"not":{"patternProperties":{"^x":{"type":"string"}}},"enum":[{"x":1},{"x":"a"},{"y":1},{"x":"a","xy":1}]}""",
        """{"x":1} {"x":"a","xy":1}""", """{"x":"a"} {"y":1}""")]
    [InlineData("""
        {"items":{"type":"integer"},"contains":{"minimum":5},"uniqueItems":true,"minItems":1,"maxItems":2,
        "enum":[[5],[1,7],[5,5],[5.0,5],[],["a",5],[1,2],[5,6,7]]}
        """, """[5] [1,7]""", """[5,5] [5.0,5] [] ["a",5] [1,2] [5,6,7]""")]
    [InlineData("""{"anyOf":[{"required":["b"]},{"prefixItems":[{"const":1}]}],"enum":[{"b":1},{"a":1},[1,2],[2]]}""",
        """{"b":1} {"a":1} [1,2] [2]""", """{"c":1} [3]""")]
    [InlineData("""{"type":"string","not":{"maxLength":1.0}}""", """ "ab" """, """ "a" """)]
    [InlineData("""
        {"oneOf":[{"$ref":"#/$defs/Cat"},{"$ref":"#/$defs/Dog"}],"discriminator":{"propertyName":"kind"},"$defs":{
        "Cat":{"type":"object","properties":{"kind":{"const":"cat","default":"cat"},"lives":{"type":"integer"}},"required":["lives"]},
        "Dog":{"type":"object","properties":{"kind":{"enum":["dog","hound"],"default":"dog"}}}}}
        """, """{"kind":"cat","lives":9} {"kind":"hound"}""", """{"lives":9} {"kind":"cow"} {"kind":"cat"} {}""")]
    [InlineData("""{"type":["string","null"],"not":{"pattern":"^a"}}""", """ "b" """, """ "ab" null""")]
    [InlineData("""{"not":{"pattern":"^a"}}""", """ "b" """, """ "ab" null 1 [] {}""")]
    [InlineData("""{"not":{"multipleOf":2}}""", """ 1 -3 """, """ 2 "a" null""")]
    [InlineData("""{"not":{"format":"date"}}""", """ "2024" """, """ "2024-02-29" 1""")]
    [InlineData("""{"not":{"items":{"type":"integer"}}}""", """["a"] [1,"a",2] [1,[]]""", """[] [1,2] 1 {}""")]
    [InlineData("""{"type":"array","not":{"prefixItems":[{"const":1},{"const":"b"}]}}""", """[2] [1,1] [0,"b"]""",
        """[] [1] [1,"b"] [1.0,"b",3]""")]
    [InlineData("""{"type":"array","not":{"prefixItems":[true],"items":false}}""", """[1,2] [1,2,3]""", """[] [1]""")]
    [InlineData("""{"items":{"type":"integer"},"not":{"contains":{"minimum":5}}}""", """[] [1,4]""", """[5] [1,7] [2,9,2]""")]
    [InlineData("""{"type":"integer","not":{"oneOf":[{"minimum":5},{"maximum":7}]}}""", """5 6 7""", """4 8 0""")]
    [InlineData("""{"type":"integer","not":{"if":{"minimum":5},"then":{"multipleOf":2},"else":{"const":1}}}""", """7 0 2""", """6 1 8""")]
    [InlineData("""{"type":"object","not":{"dependentRequired":{"a":["b"]}}}""", """{"a":1} {"a":1,"c":1}""",
        """{} {"b":1} {"a":1,"b":1}""")]
    [InlineData("""{"type":"object","not":{"additionalProperties":false,"properties":{"a":true}}}""",
        """{"b":1} {"a":1,"b":2} {"b":1,"c":1}""", """{} {"a":1}""")]
    [InlineData("""
        {"type":"object","properties":{"a":{"type":"integer"},"b":true},"additionalProperties":false,
        "not":{"additionalProperties":{"type":"string"},"properties":{"a":true}}}
        """, """{"b":1} {"a":1,"b":null}""", """{} {"a":1} {"b":"x"} {"a":1,"b":"x"}""")]
    [InlineData("""{"type":"object","not":{"patternProperties":{"^x":false}}}""", """{"x":1} {"a":1,"xy":2,"b":0}""", """{} {"a":1}""")]
    [InlineData("""{"type":"object","not":{"propertyNames":{"maxLength":1}}}""", """{"ab":1} {"a":1,"bc":1}""", """{} {"a":1}""")]
    [InlineData("""
        {"oneOf":[{"type":"object","properties":{"a":true,"b":true},"additionalProperties":false},
        {"type":"object","properties":{"a":true,"c":true},"additionalProperties":false}]}
        """, """{"b":1} {"a":1,"c":1} {"c":1}""", """{} {"a":1} {"b":1,"c":1}""")]
    [InlineData("""{"not":{"enum":[0,1.5]},"type":["number","boolean"]}""", """1 0.5 1.51 15 true""", """0 0.0 -0 1.5 1.50 1e5""")]
    [InlineData("true", """1 "a\u0041\ud83d\ude00\/" {"a":[{}]} -1.5e+10""", """01 "\ud800" "\x" {"a"} 1.""")]
    public void Values_are_written_that_fit_and_no_others(string schema, string accepted, string refused)
    {
        var grammar = Compiled(schema);
        Assert.All(Words(accepted), text => Assert.True(grammar.Accepts(Encoding.UTF8.GetBytes(text)), text));
        Assert.All(Words(refused), text => Assert.False(grammar.Accepts(Encoding.UTF8.GetBytes(text)), text));
    }

    [Fact]
    public void Bounds_of_numbers_hold_for_every_number()
    {
        for (var seed = 1; seed <= 60; seed++)
        {
            var random = new RandomTexts(seed);
            var (low, high) = ((random.Below(400) - 200) / 8m, (random.Below(400) - 150) / 8m);
            if (low > high) (low, high) = (high, low);
            var open = random.Below(2) == 0;
            var (type, least) = (seed % 2 == 0 ? "integer" : "number", open ? "exclusiveMinimum" : "minimum");
            var schema = string.Create(CultureInfo.InvariantCulture, $$"""{"type":"{{type}}","{{least}}":{{low}},"maximum":{{high}}}""");
            Grammar? grammar = null;
            try
            {
                grammar = Compiled(schema);
            }
            catch (GrammarException)
            {
                // No number lies between.
            }
            for (var n = -240; n <= 240; n++)
            {
                var value = n / 8m;
                if (seed % 2 == 0 && value != decimal.Truncate(value)) continue;
                var text = value.ToString("0.###", CultureInfo.InvariantCulture);
                var fits = (open ? value > low : value >= low) && value <= high;
                Assert.True((grammar?.Accepts(Encoding.ASCII.GetBytes(text)) ?? false) == fits, $"{schema} {text}");
            }
        }
    }

    [Theory]
    [InlineData("""{"properties":{"a":{"uniqueItems":true,"items":{"properties":{"b":{}},"additionalProperties":false}}}}""",
        "#/properties/a/uniqueItems")]
    [InlineData("""{"$dynamicRef":"#a"}""", "#/$dynamicRef")]
    [InlineData("""{"allOf":[{"anyOf":[{"properties":{"a":true}},{"required":["b"]}]}],"unevaluatedProperties":false}""",
        "#/unevaluatedProperties")]
    [InlineData("""{"type":"array","contains":{"uniqueItems":true},"maxContains":1}""", "#/contains/uniqueItems")]
    [InlineData("""{"type":"array","contains":{"const":1},"uniqueItems":true}""", "#/uniqueItems")]
    [InlineData("""{"$ref":"https://example.com/schema"}""", "#/$ref")]
    [InlineData("""{"$ref":"#/nowhere"}""", "#/$ref")]
    [InlineData(
        """{"$dynamicRef":"#a","$defs":{"one":{"$dynamicAnchor":"a"},"other":{"$id":"other","$dynamicAnchor":"a"}}}""", "#/$dynamicRef")]
    [InlineData("""{"$ref":"#"}""", "#")]
    [InlineData("""{"type":"text"}""", "#/type")]
    [InlineData("""{"required":"a"}""", "#/required")]
    [InlineData("""{"properties":{"a/b":5}}""", "#/properties/a~1b")]
    [InlineData("""{"pattern":"(?<=a)b"}""", "look behind")]
    [InlineData("""{"format":"iri"}""", "#/format")]
    [InlineData("""{"not":{"patternProperties":{"a":{"type":"string"}}}}""", "no such value can be wanted")]
    [InlineData("""{"properties":{"(some property)":{"names":true,"value":true}}}""", "not supported as a name")]
    [InlineData("""{"not":{"enum":5}}""", "#/not/enum")]
    [InlineData("""{"not":{"pattern":5}}""", "#/not/pattern")]
    public void What_is_not_supported_is_named_with_its_place(string schema, string named) =>
        Assert.Contains(named, Assert.Throws<GrammarException>(() => Compiled(schema)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("false")]
    [InlineData("""{"allOf":[{"type":"string"},{"type":"integer"}]}""")]
    [InlineData("""{"type":"integer","minimum":5,"maximum":4}""")]
    [InlineData("""{"type":"string","pattern":"^a{3}$","maxLength":2}""")]
    [InlineData("""{"type":"object","properties":{"a":false},"required":["a"]}""")]
    [InlineData("""{"type":"object","properties":{"next":{"$ref":"#"}},"required":["next"]}""")]
    [InlineData("""{"type":"array","items":{"$ref":"#"},"minItems":1}""")]
    [InlineData("""{"type":"integer","multipleOf":10,"minimum":11,"maximum":19}""")]
    [InlineData("""{"enum":[1,2],"type":"string"}""")]
    [InlineData("""{"type":"string","not":{"format":"known-to-nobody"}}""")]
    public void A_schema_that_nothing_fits_is_an_error(string schema) =>
        Assert.Contains("No JSON value fits", Assert.Throws<GrammarException>(() => Compiled(schema)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"type":"object","required":["a"],"properties":{"a":{"type":"array","minItems":1,"items":{"type":"string",ENDS}}}}""",
        "At #/properties/a/items: No JSON value fits")]
    [InlineData("""{"type":"object","required":["a"],"properties":{"z":{"type":"string"},"a":{"type":"string",ENDS},"b":{"not":{}}}}""",
        "At #/properties/a: No JSON value fits")]
    [InlineData("""{"type":"array","items":{"$ref":"#/$defs/n"},"minItems":2,"$defs":{"n":{"type":"string",ENDS}}}""",
        "At #/$defs/n: No JSON value fits")]
    [InlineData("""{"properties":{"a":{"type":"string","pattern":"(?<=x)a"}}}""", "At #/properties/a/pattern: ")]
    [InlineData("""{"properties":{"a":{"patternProperties":{"(":true}}}}""", "At #/properties/a/patternProperties: ")]
    public void What_is_wrong_deep_within_a_schema_is_told_with_its_place(string schema, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<GrammarException>(() => Compiled(
            schema.Replace("ENDS", "\"minLength\":3,\"maxLength\":2", StringComparison.Ordinal))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0, """{"a":[1,2]}""", """{"a": [1,2]}""")]
    [InlineData(2, """{ "a" : [ 1 ,2 ] }""", """{  "a":[1,2]}""")]
    [InlineData(2, "{\n  \"a\": [1,\r\n2]\n}", "{\n   \"a\": [1,2]\n}")]
    [InlineData(2, "{\"a\" : 1}", "{\"a\"\n: 1}")]
    public void White_space_is_bounded(int most, string accepted, string refused)
    {
        var grammar = new SchemaSource("""{"type":"object"}""", new(most)).Compile();
        Assert.True(grammar.Accepts(Encoding.UTF8.GetBytes(accepted)));
        Assert.False(grammar.Accepts(Encoding.UTF8.GetBytes(refused)));
    }

    [Theory]
    [InlineData("""{"a":1,"b":[2,3]}""", true)]
    [InlineData("""{ "a" : 1, "b" : [ 2, 3 ] }""", true)]
    [InlineData("{\n    \"a\": 1,\n    \"b\": [\n        2,\n        3\n    ]\n}", true)]
    [InlineData("{\r\n\t\"a\": 1,\r\n\t\"b\": []\r\n}", true)]
    [InlineData("""{"a":  1,"b":[]}""", false)]
    [InlineData("{\"a\"\n:1,\"b\":[]}", false)]
    [InlineData("{\"a\":1\n,\"b\":[]}", false)]
    [InlineData("{\n\n\"a\":1,\"b\":[]}", false)]
    public void White_space_is_a_blank_or_a_line_with_its_indentation(string text, bool isAccepted)
    {
        const string schema = """
            {"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"array"}},"required":["a","b"],"additionalProperties":false}
            """;
        Assert.Equal(isAccepted, new SchemaSource(schema, JsonLayout.Indented).Compile().Accepts(Encoding.UTF8.GetBytes(text)));
    }

    static Grammar Compiled(string schema) => new SchemaSource(schema, JsonLayout.Compact).Compile();

    static string[] Words(string texts) => texts.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
