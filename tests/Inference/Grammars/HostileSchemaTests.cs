// Schemas and patterns written to harm: each is refused when it is compiled, or every answer under it goes on, ends, or fails alone.
using System.Text.Json;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Xunit;

namespace Majlis.tests.Inference.Grammars;

public sealed class HostileSchemaTests
{
    const int Answers = 2;
    const int Tokens = 40;

    static readonly string[] endless =
    [
        """{"$ref":"#"}""",
        """{"allOf":[{"$ref":"#"}]}""",
        """{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""",
        """{"type":"array","items":{"$ref":"#"},"minItems":1}""",
        """{"anyOf":[{"type":"array","prefixItems":[{"$ref":"#"}],"minItems":1},{"$ref":"#/$defs/b"}],"$defs":{"b":{"$ref":"#"}}}""",
        """{"$ref":"#/$defs/a","$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"oneOf":[{"$ref":"#/$defs/a"}]}}}""",
    ];

    static readonly string[] contradictory =
    [
        """{"type":"string","minLength":5,"maxLength":3}""",
        """{"type":"string","pattern":"^a","allOf":[{"pattern":"^b"}]}""",
        """{"allOf":[{"pattern":"^(a|b)*c$"},{"pattern":"^(a|b)*d$"}],"type":"string"}""",
        """{"type":"string","pattern":"^(aa)*$","not":{"pattern":"^(aaaa)*$|^aa(aaaa)*$"}}""",
        """{"type":"string","pattern":"^(\\w+ ){0,24}\\w+$","not":{"pattern":"^(\\w+ ){0,24}\\w+$"}}""",
        """{"type":"integer","multipleOf":3,"minimum":10,"maximum":11}""",
        """{"type":"integer","multipleOf":7919,"allOf":[{"multipleOf":7907}],"minimum":1,"maximum":62615531}""",
        """{"type":"number","exclusiveMinimum":1,"exclusiveMaximum":1}""",
        """{"enum":[1,2],"type":"string"}""",
        """{"const":1,"not":{"const":1.0}}""",
        """{"type":"array","minItems":3,"maxItems":2}""",
        """{"type":"array","uniqueItems":true,"minItems":3,"items":{"enum":[1,2]}}""",
        """{"type":"object","required":["a"],"properties":{"a":false}}""",
        """{"type":"array","uniqueItems":true,"minItems":3,"maxItems":2}""",
        """{"type":"array","uniqueItems":true,"minItems":1000000000,"items":{"type":"string"}}""",
        """{"type":"array","uniqueItems":true,"minItems":1000,"items":{"type":"string","pattern":"^[a-z]$"}}""",
        """{"type":"object","minProperties":3,"maxProperties":2}""",
        """{"type":"object","propertyNames":false,"minProperties":1}""",
        """{"type":"object","propertyNames":{"maxLength":1},"required":["ab"]}""",
        """{"not":{}}""",
        """{"oneOf":[true,true]}""",
    ];

    static readonly string[] patterns =
    [
        "(a*)*b", "(a+)+$", "^(a|a)*c$", "^(a|aa)+$", "^((a{0,100}){0,100}){0,100}$", "^(.*a){20}$", "a.{18}$", "^.*a.{200}$",
        "^(?=.*a.{15}$)(?=.*b.{12}$).{40}$", "^[a-z]{1,100000}$", "^(\\w+\\s?){1,1000}$", "^(x+x+)+y$", "^(([a-z])+.)+[A-Z]([a-z])+$",
        "^(?:\\S+\\s+){0,24}\\S+$", "^(.|\\n)*(a|b)(.|\\n){300}$", "^((ab?)*c?){50}$", "^(?!.*foo)(?!.*bar)(?!.*baz).*$",
        "^(?=(a|b){0,50}c)(?=(a|c){0,50}b).*$",
    ];

    public static TheoryData<string> Endless => [.. endless];

    public static TheoryData<string> Contradictory => [.. contradictory];

    public static TheoryData<string> Patterns => [.. patterns];

    [Theory, MemberData(nameof(Endless)), MemberData(nameof(Contradictory))]
    public void What_no_value_fits_is_refused(string schema) =>
        Assert.Throws<GrammarException>(() => new SchemaSource(schema, JsonLayout.Indented).Compile());

    [Theory, MemberData(nameof(Patterns))]
    public void A_pattern_is_refused_or_answers_go_on(string pattern)
    {
        Try(new RegexSource(pattern));
        var json = JsonSerializer.Serialize(pattern);
        Try(new SchemaSource($$"""{"type":"string","pattern":{{json}}}""", JsonLayout.Compact));
        Try(new SchemaSource($$$"""{"type":"string","maxLength":200,"not":{"pattern":{{{json}}}}}""", JsonLayout.Compact));
    }

    static void Try(GrammarSource source)
    {
        Grammar grammar;
        try
        {
            grammar = source.Compile();
        }
        catch (GrammarException)
        {
            return;
        }
        for (var seed = 1; seed <= Answers; seed++) Write(grammar, new(seed));
    }

    /// <summary>Random tokens under the masks: there is always one, or the text may end.</summary>
    static void Write(Grammar grammar, RandomTexts random)
    {
        var (trie, constraint) = (Vocabularies.Golden, new TokenConstraint(grammar, Vocabularies.Golden));
        try
        {
            for (var count = 0; count < Tokens && !constraint.Mask.IsOver; count++)
            {
                int[] allowed = [.. Vocabularies.Members(constraint.Mask, trie)];
                Assert.True(allowed.Length > 0, $"no way on after {count} tokens");
                constraint.Advance(allowed[random.Below(allowed.Length)]);
            }
        }
        catch (GrammarException)
        {
            // This answer ends with the message.
        }
    }
}
