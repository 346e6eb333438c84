// Which replies are being generated, by servers that say so again and again. What a killed server left is known by the silence about it.
namespace Majlis.Feedback.Store.Replies;

public sealed class RunningReplies(RedisConnection connection)
{
    /// <summary>How often a server says so.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromSeconds(20);

    // A server may be slow twice.
    static readonly TimeSpan silence = 3 * Pause;

    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public Task SayAsync(string id) => connection.ReadAsync(database => database.StringSetAsync(Keys.Running(id), 1, silence));

    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public Task<bool> IsSaidAsync(string id) => connection.ReadAsync(database => database.KeyExistsAsync(Keys.Running(id)));
}
