// The vote store, embedded or elsewhere, and what reads and writes it. Knows no endpoint.
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Replies;
using Majlis.Feedback.Votes;
using Majlis.Server.Judgements;
using Majlis.Server.Wire;

namespace Majlis.Server.Arena;

static class FeedbackServices
{
    // The container disposes what it creates, the latest first: connections before the store that they use.
    public static void AddFeedback(this IServiceCollection services, ServerOptions options, TimeSpan patience)
    {
        if (options.Redis is null)
            services.AddSingleton(given => EmbeddedRedis.Start(options.Data, given.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(given =>
        {
            given.GetService<EmbeddedRedis>();
            return new RedisConnection(new RedisOptions
            {
                Redis = options.Redis,
                Password = options.RedisLogin.Secret(),
                DataFolder = options.Data,
                Patience = patience,
            });
        });
        services.AddSingleton(given => new ReplyStore(given.GetRequiredService<RedisConnection>(), given.GetRequiredService<TimeProvider>())
        {
            Life = TimeSpan.FromDays(options.KeepDays),
        });
        services.AddSingleton<VoteCursor>().AddSingleton<VoteImport>().AddSingleton<JudgementStore>();
        services.AddSingleton<BattleStore>().AddSingleton<VoterErasure>().AddSingleton<AuditStream>();
        services.AddSingleton(given => new VoterCookie(() => VoterHash.Open(options.Data), given.GetRequiredService<IdSource>(),
            given.GetRequiredService<TimeProvider>()));
        services.AddSingleton(_ => new VoteReader(options.Voters));
    }
}
