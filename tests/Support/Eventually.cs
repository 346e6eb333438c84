// Polls a condition until a deadline. Knows nothing of the condition.
using System.Diagnostics;
using Xunit;

namespace Majlis.tests.Support;

public static class Eventually
{
    static readonly TimeSpan pause = TimeSpan.FromMilliseconds(20);

    // On an overloaded machine the condition may be polled too rarely for the deadline alone to mean anything.
    const int LeastTries = 100;

    /// <summary>Returns as soon as the condition holds; fails the test, with the condition's name, after the deadline.</summary>
    public static async Task HoldsAsync(string what, Func<Task<bool>> condition, TimeSpan? deadline = null)
    {
        var watch = Stopwatch.StartNew();
        for (var tries = 1; !await condition(); tries++)
        {
            if (tries >= LeastTries && watch.Elapsed > (deadline ?? TimeSpan.FromSeconds(30)))
                Assert.Fail($"not within {watch.Elapsed.TotalSeconds:0} s: {what}");
            await Task.Delay(pause);
        }
    }

    public static Task HoldsAsync(string what, Func<bool> condition, TimeSpan? deadline = null) =>
        HoldsAsync(what, () => Task.FromResult(condition()), deadline);
}
