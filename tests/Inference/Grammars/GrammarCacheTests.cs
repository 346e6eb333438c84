// Compiled grammars are kept, failures are not.
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

    sealed record FailingOnce : GrammarSource
    {
        int compilations;

        public override string Key => "failing once";

        protected override string Contradiction => "Nothing fits.";

        internal override Node Start(NodeTable table) =>
            compilations++ == 0 ? throw new InvalidOperationException("Failed.") : table.Literal("a"u8);
    }
}
