// Waits for a condition with a deadline, asking again and again. Knows nothing of what is waited for.
using System.Diagnostics;
using Xunit;

namespace Majlis.tests.Support;

public static class Eventually
{
    static readonly TimeSpan pause = TimeSpan.FromMilliseconds(20);

    // A machine so busy that it hardly came to ask says nothing of what is waited for.
    const int LeastTries = 100;

    /// <summary>Comes back as soon as the condition holds; fails the test, naming it, where it does not within the deadline.</summary>
    public static async Task HoldsAsync(string what, Func<Task<bool>> condition, TimeSpan? deadline = null)
    {
        var watch = Stopwatch.StartNew();
        for (var tries = 1; !await condition(); tries++)
        {
            if (tries >= LeastTries && watch.Elapsed > (deadline ?? TimeSpan.FromSeconds(30))) Assert.Fail($"not within {watch.Elapsed.TotalSeconds:0} s: {what}");
            await Task.Delay(pause);
        }
    }

    public static Task HoldsAsync(string what, Func<bool> condition, TimeSpan? deadline = null) =>
        HoldsAsync(what, () => Task.FromResult(condition()), deadline);
}
