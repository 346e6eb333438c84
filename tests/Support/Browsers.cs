// Browsers that wait for the next test of their language: a start takes longer than most tests. Ends them all after the last test.
using System.Collections.Concurrent;
using Majlis.tests.Support;
using Xunit;

[assembly: AssemblyFixture(typeof(Browsers))]

namespace Majlis.tests.Support;

public sealed class Browsers : IAsyncDisposable
{
    static readonly ConcurrentDictionary<string, ConcurrentBag<Browser>> waiting = new();

    /// <summary>One that waits; null where none does.</summary>
    internal static Browser? Take(string language) => Of(language).TryTake(out var browser) ? browser : null;

    internal static void Return(Browser browser) => Of(browser.Language).Add(browser);

    static ConcurrentBag<Browser> Of(string language) => waiting.GetOrAdd(language, _ => []);

    public async ValueTask DisposeAsync()
    {
        foreach (var browser in waiting.Values.SelectMany(browsers => browsers)) await browser.EndAsync();
    }
}
