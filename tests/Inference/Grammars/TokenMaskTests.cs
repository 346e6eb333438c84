// Masks by the walk through the tokens' tree equal those of the plain oracle, on random grammars and a real vocabulary; and from every
// state that a mask leads to there is a way on.
using System.Runtime.CompilerServices;
using System.Text;
using Majlis.Inference;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Xunit;

namespace Majlis.tests.Inference.Grammars;

public sealed class TokenMaskTests
{
    [Fact]
    public void The_walk_through_the_tree_finds_what_trying_each_token_finds()
    {
        var trie = Vocabularies.Golden;
        for (var seed = 1; seed <= 60; seed++)
        {
            var random = new RandomTexts(seed);
            var grammar = Random(random, seed);
            if (grammar is null) continue;
            var constraint = new TokenConstraint(grammar, trie);
            var written = new List<byte>();
            for (var step = 0; step < 8; step++)
            {
                var allowed = Vocabularies.Members(constraint.Mask, trie).ToList();
                Assert.Equal(Vocabularies.Allowed(grammar, written.ToArray(), trie), allowed);
                Assert.True(allowed.Count > 0 || constraint.Mask.MayEnd, $"{seed}: a state without a way on");
                if (allowed.Count == 0) break;
                var token = allowed[random.Below(allowed.Count)];
                constraint.Advance(token);
                written.AddRange(trie.Bytes(token));
            }
        }
    }

    // Almost every state of it has conditions, of which a search must tell whether any text meets them.
    [Fact]
    public void A_name_under_bounds_within_bounds_and_conditions_is_written_to_its_end()
    {
        const string Schema = """{"type":"string","pattern":"^(?!.*://)(?=.{1,255}$)((.{1,63}\\.){1,127}(?![0-9]*$)[a-z0-9-]+\\.?)$"}""";
        var constraint = new TokenConstraint(new SchemaSource(Schema, JsonLayout.Compact).Compile(), Vocabularies.Golden);
        foreach (var token in Vocabularies.GoldenTokenizer.Encode("\"a.b.example.com\"", false))
        {
            Assert.True(constraint.Mask.Allows(token));
            constraint.Advance(token);
        }
        Assert.True(constraint.Mask.MayEnd);
    }

    [Theory]
    [InlineData("""{"type":"string","maxLength":2000,"pattern":"^[a-z ]+[.]?$"}""")]
    [InlineData("""{"type":"string","maxLength":400,"pattern":"^(x|y{300,}z{90})$"}""")]
    [InlineData("""{"type":"string","maxLength":5000,"pattern":"^$|(^(?:\\S+\\s+){0,99}\\S+$)"}""")]
    [InlineData("""{"type":"string","maxLength":300,"pattern":"^(x|y{290,}|[a-f]*é)$"}""")]
    [InlineData("""{"type":"string","maxLength":60,"pattern":"^(x|y{0,50}z{20})$"}""")]
    [InlineData("""{"type":"string","maxLength":200,"pattern":"^(?:\\S+ ){0,30}\\S+$"}""")]
    [InlineData("""{"type":"string","minLength":1,"not":{"pattern":"//"}}""")]
    [InlineData("""{"type":"string","maxLength":60,"pattern":"^(?:\\S+\\s+){0,6}\\S+$"}""")]
    [InlineData("""{"type":"string","maxLength":90,"pattern":"^(ab|c){0,40}d{5}$"}""")]
    [InlineData("""{"type":"string","maxLength":50,"pattern":"^[^,]{0,30}(,[^,]{1,5}){0,9}$"}""")]
    [InlineData("""{"type":"string","maxLength":50,"pattern":"^[^,]{3,30}(, ?([a-z]{1,5}|yy{30,}x)){0,9}$"}""")]
    [InlineData("""{"type":"string","maxLength":40,"pattern":"^([a-y]+ ){0,30}(ab ){12}$"}""")]
    [InlineData("""{"type":"string","pattern":"^(?!.*yy)(?=.{1,60}$)([a-y]{1,9}[, ]+){1,20}[a-c]+$"}""")]
    [InlineData("""{"type":"string","pattern":"^(?=.{1,40}$)(?!.*, ,)([a-z, ]{2,6} ){3,}(ab){9}$"}""")]
    public void A_far_bound_of_a_string_changes_no_mask(string schema)
    {
        var (trie, grammar) = (Vocabularies.Golden, new SchemaSource(schema, JsonLayout.Compact).Compile());
        string[] near = [.. new[] { "a ", "ab", "é", "a,b", "c, y" }
            .SelectMany(part => new[] { 1, 3, 5, 6, 9, 14, 19, 25, 29, 39, 98 }.Select(count => "\"" + Repeated(part, count)))];
        foreach (var start in new[] { "\"", "\"x", "\"y", "\"yyyyyy", "\"ab", "\"a b c" }.Concat(near))
        {
            var written = Encoding.UTF8.GetBytes(start);
            if (written.Aggregate(grammar.Start, grammar.Derivatives.Next) == grammar.Table.Nothing) continue;
            var state = written.Aggregate(grammar.Start, grammar.Derivatives.Next);
            Assert.Equal(Vocabularies.Allowed(grammar, written, trie), Vocabularies.Members(grammar.Masks.Of(state, trie), trie));
        }
    }

    // One condition lets text go on freely, and another one's room is needed for what the first still asks for.
    [Theory]
    [InlineData("""{"type":"string","pattern":"[0-9]{3}","maxLength":8}""")]
    [InlineData("""{"type":"string","pattern":".+@.+","maxLength":6}""")]
    [InlineData("""{"type":"string","pattern":"\\.$","maxLength":5}""")]
    [InlineData("""{"type":"string","pattern":"a","minLength":2,"maxLength":4}""")]
    [InlineData("""{"type":"string","pattern":"ab","maxLength":4,"not":{"enum":["xab","xxab","ab"]}}""")]
    [InlineData("""{"type":"string","pattern":"a","maxLength":4,"not":{"pattern":"b"}}""")]
    [InlineData("""{"type":"string","allOf":[{"pattern":"ab"},{"pattern":"cd"}],"maxLength":5}""")]
    [InlineData("""{"type":"string","pattern":"(x|[0-9]{2})$","maxLength":4}""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"null"},"propertyNames":{"pattern":"ab","maxLength":4}}""")]
    [InlineData("""{"type":"array","uniqueItems":true,"items":{"type":"string","pattern":"ab","maxLength":3}}""")]
    [InlineData("""{"type":"array","uniqueItems":true,"items":{"type":"string","pattern":"^[a-c]{1,2}( [^a ]*)?$"}}""")]
    [InlineData("""{"type":"array","uniqueItems":true,"items":{"type":["string","integer"],"pattern":"^.*[.](a|b)$"}}""")]
    [InlineData("""{"type":"object","patternProperties":{"^a+(-b)*$":{"type":"null"}},"additionalProperties":false}""")]
    public void What_one_condition_asks_for_has_room_in_the_others(string schema)
    {
        var (trie, random) = (Vocabularies.Golden, new RandomTexts(9));
        for (var text = 0; text < 12; text++)
        {
            var grammar = new SchemaSource(schema, JsonLayout.Compact).Compile();
            var (constraint, written) = (new TokenConstraint(grammar, trie), new List<byte>());
            for (var step = 0; step < 14 && !constraint.Mask.IsOver; step++)
            {
                var allowed = Vocabularies.Members(constraint.Mask, trie).ToList();
                Assert.Equal(Vocabularies.Allowed(grammar, written.ToArray(), trie), allowed);
                var token = allowed[random.Below(allowed.Count)];
                constraint.Advance(token);
                written.AddRange(trie.Bytes(token));
            }
        }
    }

    [Fact]
    public void A_random_text_of_allowed_tokens_belongs_to_the_grammar()
    {
        var trie = Vocabularies.Golden;
        var ended = 0;
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new RandomTexts(seed);
            if (Random(random, seed) is not { } grammar) continue;
            var constraint = new TokenConstraint(grammar, trie);
            var written = new List<byte>();
            for (var step = 0; step < 200; step++)
            {
                var mask = constraint.Mask;
                if (mask.MayEnd && (mask.IsOver || random.Below(4) == 0))
                {
                    ended++;
                    Assert.True(grammar.Accepts(written.ToArray()), Encoding.UTF8.GetString(written.ToArray()));
                    break;
                }
                var allowed = Vocabularies.Members(mask, trie).ToList();
                var token = allowed[random.Below(allowed.Count)];
                constraint.Advance(token);
                written.AddRange(trie.Bytes(token));
            }
        }
        Assert.True(ended > 50, $"{ended} texts ended");
    }

    [Fact]
    public void Control_tokens_and_the_end_are_in_no_mask()
    {
        var mask = new TokenConstraint(new RegexSource("(.|\\n)*").Compile(), Vocabularies.Golden).Mask;
        Assert.True(mask.MayEnd);
        Assert.False(mask.Allows(0));
        Assert.False(mask.Allows(1));
        Assert.True(mask.Allows(Token("a")) && mask.Allows(Token("\n")));
    }

    [Fact]
    public void Forgotten_states_are_found_anew()
    {
        var grammar = new SchemaSource("""{"type":"array","items":{"type":"integer"}}""", JsonLayout.Compact).Compile();
        var constraint = new TokenConstraint(grammar, Vocabularies.Golden);
        constraint.Advance(Token("["));
        var before = Vocabularies.Members(constraint.Mask, Vocabularies.Golden).ToList();
        // As many nested arrays of another grammar's kind would fill the table; here states are made directly.
        for (var i = 0; i < 70_000; i++) grammar.Table.Repeat(grammar.Table.Byte((byte)'x'), i + 2, i + 3);
        grammar.Table.BeginWork();
        constraint.Advance(Token("1"));
        constraint.Advance(Token("]"));
        Assert.True(constraint.Mask.IsOver);
        var again = new TokenConstraint(grammar, Vocabularies.Golden);
        again.Advance(Token("["));
        Assert.Equal(before, Vocabularies.Members(again.Mask, Vocabularies.Golden));
    }

    // Each state of a list of different items is new, and thousands may follow it; masks are remembered longer than those.
    [Fact]
    public void What_followed_a_forgotten_state_takes_no_memory()
    {
        var grammar = new SchemaSource("""{"type":"array","uniqueItems":true,"items":{"type":"string"}}""", JsonLayout.Compact).Compile();
        var constraint = new TokenConstraint(grammar, Vocabularies.Golden);
        foreach (var token in new[] { "[", "\"", "a", "b" }) constraint.Advance(Token(token));
        _ = constraint.Mask;
        var followed = Followed(grammar);
        constraint.Advance(Token("c"));
        for (var i = 0; i < 70_000; i++) grammar.Table.Repeat(grammar.Table.Byte((byte)'x'), i + 2, i + 3);
        constraint.Advance(Token("d"));
        _ = constraint.Mask;
        GC.Collect();
        Assert.False(followed.IsAlive);
        GC.KeepAlive(constraint);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static WeakReference Followed(Grammar grammar) =>
        new("[\"abzz"u8.ToArray().Aggregate(grammar.Start, grammar.Derivatives.Next));

    static string Repeated(string part, int count) => string.Concat(Enumerable.Repeat(part, count));

    static int Token(string text) => Enumerable.Range(0, Vocabularies.Golden.VocabularySize)
        .First(token => Vocabularies.Golden.Bytes(token).SequenceEqual(Encoding.UTF8.GetBytes(text)));

    static Grammar? Random(RandomTexts random, int seed)
    {
        try
        {
            return seed % 2 == 0 ? new RegexSource(random.Pattern(3)).Compile()
                : new SchemaSource(random.Schema(3), seed % 3 == 0 ? JsonLayout.Indented : JsonLayout.Compact).Compile();
        }
        catch (GrammarException)
        {
            // Some contradict themselves.
            return null;
        }
    }
}
