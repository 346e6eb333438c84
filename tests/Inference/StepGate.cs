// Lets a scripted network's passes through one by one, so that a test knows the engine's position without waiting by the clock.
using Majlis.tests.Support;

namespace Majlis.tests.Inference;

sealed class StepGate : IDisposable
{
    readonly SemaphoreSlim allowed = new(0);
    readonly SemaphoreSlim arrived = new(0);
    readonly ScriptedNetwork network;
    volatile bool open;
    int let;

    public StepGate(ScriptedNetwork network)
    {
        this.network = network;
        network.Before = _ =>
        {
            if (open) return;
            arrived.Release();
            allowed.Wait();
        };
    }

    public void Let(int steps)
    {
        let += steps;
        allowed.Release(steps);
    }

    /// <summary>Completes when the engine waits before the pass after those let through.</summary>
    public async Task WaitingAsync()
    {
        for (; let >= 0; let--) await arrived.WaitAsync();
        let = 0;
    }

    public void Open()
    {
        open = true;
        network.Before = null;
        allowed.Release(1000);
    }

    public void Dispose()
    {
        if (!open) Open();
    }
}
