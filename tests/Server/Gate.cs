// Holds a network between two steps for as long as a test needs.
namespace Majlis.tests.Server;

sealed class Gate : IDisposable
{
    readonly SemaphoreSlim steps = new(0);
    volatile bool open;

    /// <summary>For <see cref="RecitingNetwork.BeforeStep"/>: lets a step through when it may go.</summary>
    public void Pass()
    {
        if (!open) steps.Wait();
    }

    public void Let(int count) => steps.Release(count);

    /// <summary>Everything may go from now on.</summary>
    public void Open()
    {
        open = true;
        steps.Release(1000);
    }

    /// <summary>Whoever stands before it goes through; the engine's thread must not be held when its server ends.</summary>
    public void Dispose() => Open();
}
