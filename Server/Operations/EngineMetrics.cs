// What the engine, the versions in memory and the vote store are at this moment: read at every scrape, so that it costs nothing between.
// Knows no requests.
using Majlis.Feedback.Store;
using Majlis.Inference;
using Majlis.Inference.Speculation;
using Majlis.Server.Arena;
using Prometheus;

namespace Majlis.Server.Operations;

sealed class EngineMetrics
{
    readonly Engine engine;
    readonly LiveModel live;
    readonly TimeProvider time;
    readonly Gauge running, waiting, cache, stuck, versions, model, store;
    readonly Counter steps, preemptions, guessed, guessedRight;
    string? shown;

    EngineMetrics(MetricFactory make, Engine engine, LiveModel live, TimeProvider time)
    {
        (this.engine, this.live, this.time) = (engine, live, time);
        running = make.CreateGauge("majlis_requests_running", "Sequences being generated.");
        waiting = make.CreateGauge("majlis_requests_waiting", "Sequences in the queue.");
        cache = make.CreateGauge("majlis_cache_usage_ratio", "The share in use of the fullest group of the cache's blocks, 0 to 1.");
        stuck = make.CreateGauge("majlis_engine_stuck", "1 while there is work and no step has ended for two minutes.");
        versions = make.CreateGauge("majlis_versions_live", "Versions of the weights in memory.");
        model = make.CreateGauge("majlis_model_info", "1 for the version that the next request gets.", "version");
        store = make.CreateGauge("majlis_store_up", "1 while the store answers and votes are taken.");
        steps = make.CreateCounter("majlis_engine_steps_total", "Steps of the engine: one forward pass each.");
        preemptions = make.CreateCounter("majlis_preemptions_total", "Sequences that gave their blocks up and were computed again.");
        guessed = make.CreateCounter("majlis_guessed_tokens_total", "Guesses of tokens that steps computed.", "kind");
        guessedRight = make.CreateCounter("majlis_guessed_tokens_right_total", "Of those, tokens that took no step of their own.", "kind");
    }

    public static void Register(CollectorRegistry registry, IServiceProvider services)
    {
        var time = services.GetRequiredService<TimeProvider>();
        var metrics = new EngineMetrics(Metrics.WithCustomRegistry(registry), services.GetRequiredService<Engine>(),
            services.GetRequiredService<LiveModel>(), time);
        var (redis, voters) = (services.GetRequiredService<RedisConnection>(), services.GetRequiredService<VoterCookie>());
        registry.AddBeforeCollectCallback(metrics.Read);
        registry.AddBeforeCollectCallback(async _ =>
            metrics.store.Set((await HealthEndpoints.VotesAsync(redis, voters, time)).Taken ? 1 : 0));
        registry.AddBeforeCollectCallback(ProcessMemory(Metrics.WithCustomRegistry(registry)));
        DotNetStats.Register(registry);
    }

    // The name that every other client library gives it; the library's own is process_working_set_bytes.
    static Action ProcessMemory(MetricFactory make)
    {
        var resident = make.CreateGauge("process_resident_memory_bytes", "Memory of this process that is in RAM.");
        return () => resident.Set(Environment.WorkingSet);
    }

    void Read()
    {
        var progress = engine.Progress;
        running.Set(progress.Running);
        waiting.Set(progress.Waiting);
        cache.Set(progress.CacheUsage);
        stuck.Set(HealthEndpoints.IsStuck(engine, time) ? 1 : 0);
        steps.IncTo(progress.Steps);
        preemptions.IncTo(progress.Preemptions);
        foreach (var kind in Enum.GetValues<GuessKind>()) Show(kind, progress.Guesses[(int)kind]);
        versions.Set(live.Versions);
        Show(live.Current?.Version);
    }

    void Show(GuessKind kind, GuessCount count)
    {
        var label = kind switch { GuessKind.Forced => "forced", GuessKind.Lookup => "ngram", _ => "draft" };
        guessed.WithLabels(label).IncTo(count.Computed);
        guessedRight.WithLabels(label).IncTo(count.Right);
    }

    // One series at a time: the labels of replaced versions go.
    void Show(string? version)
    {
        if (version == shown) return;
        if (shown is not null) model.RemoveLabelled(shown);
        if (version is not null) model.WithLabels(version).Set(1);
        shown = version;
    }
}
