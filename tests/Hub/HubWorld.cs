// A hub with one model, an empty cache, and pulls that wait no time: what the tests of pulling have in common.
using System.Collections.Concurrent;
using Majlis.Hub;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Hub;

public abstract class HubWorld : IAsyncLifetime
{
    private protected const int Piece = 8 << 20;

    private protected readonly TemporaryFolder folder = new();
    private protected readonly ConcurrentQueue<TimeSpan> waits = new();
    private protected readonly byte[] weights = new byte[2 * Piece + 1000];
    private protected FakeHub hub = null!;

    public async ValueTask InitializeAsync()
    {
        new Random(1).NextBytes(weights);
        hub = await StartHubAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task<FakeHub> StartHubAsync()
    {
        var started = await FakeHub.StartAsync();
        started.Add("config.json", "{}");
        started.Add("tokenizer.json", "{\"a\":1}");
        started.Add("model.safetensors", weights, large: true);
        started.Add("pytorch_model.bin", [1], large: true);
        started.Add("README.md", "words");
        started.Add("onnx/model.onnx", [2], large: true);
        return started;
    }

    private protected Task<string> PullAsync(
        string name, string? token = null, string? endpoint = null, bool offline = false, TimeProvider? time = null) =>
        ResolveAsync(name, new HubSettings(endpoint ?? hub.Endpoint, token, folder.Path, offline),
            TestContext.Current.CancellationToken, time);

    private protected Task<string> PullUntilAsync(string name, CancellationToken stop) =>
        ResolveAsync(name, new HubSettings(hub.Endpoint, null, folder.Path, false), stop);

    async Task<string> ResolveAsync(string name, HubSettings settings, CancellationToken stop, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        using var client = new HubClient(settings, time, (delay, _) =>
        {
            waits.Enqueue(delay);
            return Task.CompletedTask;
        });
        return await HubModel.ResolveAsync(name, settings, client, time, null, stop);
    }
}
