// Servers that all tests of a class share, since none of those tests changes what the next one sees.
using Xunit;

namespace Majlis.tests.Server;

/// <summary>Answers everything with one sentence; nobody can vote.</summary>
public sealed class ChatServer : IAsyncLifetime
{
    public const string Text = "Hello, it is a fine day.";

    internal RunningServer Running { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Running = await RunningServer.StartAsync(Text);

    public ValueTask DisposeAsync() => Running.DisposeAsync();
}

/// <summary>Knows two answers, and keeps votes in the embedded store.</summary>
public sealed class ArenaServer : IAsyncLifetime
{
    internal RunningServer Running { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Running = await RunningServer.StartAsync(
        TinyModel.Of(new RecitingNetwork("One answer.", "Two words.")), options => options with { Redis = null });

    public ValueTask DisposeAsync() => Running.DisposeAsync();
}
