// What the log says once the server listens: who may call, which weights answer, where people go with a browser, and what the starter can
// do. Knows no request.
using Majlis.Feedback.Store;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Server.Access;
using Majlis.Server.Models;

namespace Majlis.Server.Operations;

static class FirstWords
{
    /// <summary>Logs them once they are true. Requesting the services here also starts them before the first request.</summary>
    public static void SayWhatIsServed(this WebApplication app, Starter starter)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Majlis.Server");
        var live = app.Services.GetRequiredService<LiveModel>();
        var engine = app.Services.GetRequiredService<Engine>();
        var ring = app.Services.GetRequiredService<KeyRing>();
        var inside = app.Services.GetRequiredService<InternalAddresses>();
        var encoders = app.Services.GetRequiredService<EncoderModels>();
        app.Services.GetRequiredService<RedisConnection>();
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            app.Lifetime.ApplicationStopping.Register(() => log.Draining(engine.Progress.Running + engine.Progress.Waiting));
            if (ring.AsksForKeys) log.AsksForKeys();
            else log.LoopbackOnly();
            if (live.Current is not { } model) return;
            log.Serving(model.Version, model.WeightsHash, model.MaxContext, model.Backend, string.Join(' ', app.Urls));
            log.SayWhatIsIgnored(model);
            if (encoders.Embedding?.Model is { } embedding)
                log.Embeds(embedding.Name, embedding.WeightsHash, embedding.Config.Size, embedding.Config.MaxTokens, embedding.Backend);
            foreach (var scorer in encoders.Scorers)
                log.Scores(scorer.Name, scorer.WeightsHash, scorer.Config.MaxTokens, scorer.Backend);
            if (HealthCommand.Near(string.Join(';', app.Urls.Where(url => !inside.Hold(url)))) is { } address)
                log.Pages(address, new Uri(address, "arena"), model.Version);
            if (model.Source is Checkpoint source && starter.Is(source.Path)) log.Starter();
        });
    }
}
