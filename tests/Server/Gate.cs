// Holds a network between two steps for as long as a test needs.
namespace Majlis.tests.Server;

sealed class Gate : IDisposable
{
    readonly SemaphoreSlim steps = new(0);
    volatile bool open;

    /// <summary>For <see cref="RecitingNetwork.BeforeStep"/>: blocks until a step is let through.</summary>
    public void Pass()
    {
        if (!open) steps.Wait();
    }

    public void Let(int count) => steps.Release(count);

    /// <summary>Lets all further steps through.</summary>
    public void Open()
    {
        open = true;
        steps.Release(1000);
    }

    /// <summary>Lets every waiting step through: the engine's thread must not be blocked when its server stops.</summary>
    public void Dispose() => Open();
}
