// Compiled grammars are kept as long as there is memory for them, failures are not.
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Characters;
using Xunit;

namespace Majlis.tests.Inference.Grammars;

public sealed class GrammarCacheTests
{
    [Fact]
    public void A_compilation_that_failed_for_any_reason_is_tried_again()
    {
        var cache = new GrammarCache();
        var source = new FailingOnce();
        Assert.Throws<InvalidOperationException>(() => cache.Get(source));
        Assert.Same(cache.Get(source), cache.Get(source));
    }

    [Fact]
    public void Beyond_its_memory_it_forgets_what_was_not_used_for_longest()
    {
        GrammarSource[] sources = [new RegexSource("a{9}"), new RegexSource("b{9}"), new RegexSource("c{9}")];
        var cache = new GrammarCache(2 * sources[0].Compile().MemoryBytes);
        var (first, second) = (cache.Get(sources[0]), cache.Get(sources[1]));
        Assert.Same(first, cache.Get(sources[0]));
        cache.Get(sources[2]);
        Assert.Same(first, cache.Get(sources[0]));
        Assert.NotSame(second, cache.Get(sources[1]));
    }

    [Fact]
    public void A_grammar_that_grows_while_it_is_used_leaves_less_memory_to_others()
    {
        GrammarSource[] sources = [new RegexSource("(a|b)*a(a|b){19}"), new RegexSource("(c|d)*c(c|d){19}")];
        var cache = new GrammarCache(5 * sources[0].Compile().MemoryBytes / 2);
        var (first, second) = (cache.Get(sources[0]), cache.Get(sources[1]));
        Assert.Same(second, cache.Get(sources[1]));
        var before = first.MemoryBytes;
        Assert.True(first.Accepts("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"u8));
        Assert.True(first.MemoryBytes > 2 * before);
        Assert.Same(first, cache.Get(sources[0]));
        Assert.NotSame(second, cache.Get(sources[1]));
    }

    sealed record FailingOnce : GrammarSource
    {
        int compilations;

        public override string Key => "failing once";

        protected override string Contradiction => "Nothing fits.";

        internal override Node Start(NodeTable table) =>
            compilations++ == 0 ? throw new InvalidOperationException("Failed.") : table.Literal("a"u8);
    }
}
