// Sends what is written of a file to the disk while more of it is computed, so that little is left to wait for at its end.
// Knows no tensors.
using Microsoft.Win32.SafeHandles;

namespace Majlis.Model.Weights;

sealed class EarlyFlush(SafeFileHandle file)
{
    /// <summary>Bytes between two flushes.</summary>
    const long Stretch = 32 << 20;

    readonly Lock gate = new();
    Task running = Task.CompletedTask;
    long written;

    /// <summary>Counts bytes that were written, from any thread.</summary>
    public void Wrote(int bytes)
    {
        lock (gate)
        {
            written += bytes;
            if (written < Stretch || !running.IsCompletedSuccessfully) return;
            written = 0;
            running = Task.Factory.StartNew(() => RandomAccess.FlushToDisk(file), CancellationToken.None,
                TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    /// <summary>Waits for a flush that runs. The system tells a failure once: it is raised here.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public void Finish() => running.GetAwaiter().GetResult();
}
