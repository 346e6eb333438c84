// Servers shared by all tests of a class, because none of those tests changes what another sees.
using Xunit;

namespace Majlis.tests.Server;

/// <summary>Always gives the same answer; voting is not possible.</summary>
public sealed class ChatServer : IAsyncLifetime
{
    public const string Text = "Hello, it is a fine day.";

    internal RunningServer Running { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Running = await RunningServer.StartAsync(Text);

    public ValueTask DisposeAsync() => Running.DisposeAsync();
}

/// <summary>Has two answers, and stores votes in the embedded store.</summary>
public sealed class ArenaServer : IAsyncLifetime
{
    internal RunningServer Running { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Running = await RunningServer.StartAsync(
        TinyModel.Of(new RecitingNetwork("One answer.", "Two words.")), options => options with { Redis = null });

    public ValueTask DisposeAsync() => Running.DisposeAsync();
}
