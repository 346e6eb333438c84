// Builds the server: which part gets which. Knows every room by name and does none of their work.
using Majlis.Inference;
using Majlis.Inference.Grammars;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Rag;
using Majlis.Server.Access;
using Majlis.Server.Anthropic;
using Majlis.Server.Arena;
using Majlis.Server.Batches;
using Majlis.Server.Catalog;
using Majlis.Server.Chat;
using Majlis.Server.Cohere;
using Majlis.Server.Completions;
using Majlis.Server.Connections;
using Majlis.Server.Embeddings;
using Majlis.Server.Files;
using Majlis.Server.FineTuning;
using Majlis.Server.Judgements;
using Majlis.Server.Limits;
using Majlis.Server.Models;
using Majlis.Server.Operations;
using Majlis.Server.Pages;
using Majlis.Server.Preferences;
using Majlis.Server.Reference;
using Majlis.Server.Replies;
using Majlis.Server.Rerank;
using Majlis.Server.Responses;
using Majlis.Server.Retention;
using Majlis.Server.Runs;
using Majlis.Server.Tokens;
using Majlis.Server.Training;
using Majlis.Server.VectorStores;
using Majlis.Server.Wire;

namespace Majlis.Server;

public static class ServerApp
{
    /// <summary>Builds the app around a model, with its vote store; without a model, chats get 503 until the catalogue names one.</summary>
    /// <param name="encoders">Owned by the app.</param>
    public static WebApplication Build(ServerOptions options, LoadedModel? model, ServerParts parts, Encoders? encoders = null)
    {
        // Options are read once at start; watching for changes would watch the whole working directory, models included.
        var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false"]);
        string[] refusals = [.. OpenTelemetryExport.Problems(builder.Configuration)];
        if (refusals.Length > 0) throw new StartupException(refusals);
        builder.AddConnections(options, parts.Connections);
        builder.AddLogs(options);
        builder.Services.AddRequestDecompression();
        builder.Services.AddSingleton(options).AddHostedService<ListeningCheck>();
        RequestOrigin.ReplaceHostFilter(builder.Services);
        builder.Services.AddGuard(options, parts.Keys);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = parts.DrainWindow);
        builder.Services.AddSingleton(parts.Time).AddSingleton(parts.Ids);
        builder.Services.AddSingleton<HeapCompaction>().AddHostedService(given => given.GetRequiredService<HeapCompaction>());
        AddModel(builder.Services, options, model, parts);
        AddEncoders(builder.Services, encoders ?? new());
        builder.Services.AddFiles(options);
        builder.Services.AddBatches(options);
        builder.Services.AddVectorStores(options);
        builder.Services.AddSingleton<OwnedFiles>().AddHostedService<ExpirySweep>();
        builder.Services.AddFineTuning(options, parts.Starter);
        AddChat(builder.Services, options);
        builder.Services.AddRequestLimits(options);
        builder.Services.AddFeedback(options, parts.StorePatience);
        builder.Services.AddApiDocument();
        AddTrainer(builder.Services, options, parts.Starter);

        var app = builder.Build();
        RejectedRequests.Watch(app.Services);
        app.UseForwarded(ProxyNetworks.Read(options.BehindProxy));
        app.UseObservation();
        app.UseErrorReplies();
        app.UseOriginCheck();
        app.UseGuard();
        app.UseRequestLimits();
        // The limit of a body holds for what comes out, too.
        app.UseRequestDecompression();
        app.MapEndpoints(options);
        app.SayWhatIsServed(parts.Starter);
        app.DrainBeforeTheCut(parts);
        var engine = app.Services.GetRequiredService<Engine>();
        app.Services.GetRequiredService<HeapCompaction>().IsBusy = () => engine.Progress.Running > 0;
        return app;
    }

    static void AddLogs(this WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // A failure that breaks a reply off is logged once, with its id, before Kestrel sees it.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Critical);
        // A failed start is also thrown, and reported in one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.UseLog(options);
        builder.AddOpenTelemetryExport();
    }

    static void MapEndpoints(this WebApplication app, ServerOptions options)
    {
        app.MapChat();
        app.MapKeptChats();
        app.MapCompletions();
        app.MapResponses();
        app.MapEmbeddings();
        app.MapRerank();
        app.MapFiles();
        app.MapUploads();
        app.MapBatches();
        app.MapVectorStores();
        app.MapFineTuning();
        app.MapMessages();
        app.MapCohere();
        app.MapTokens();
        app.MapModels();
        app.MapArena();
        app.MapErasure();
        app.MapPreferences();
        app.MapFeedback();
        app.MapSessions();
        app.MapAccessAudit();
        app.MapCatalog();
        app.MapHealth(options);
        app.MapPages();
        app.MapApiDocument();
    }

    static void AddModel(IServiceCollection services, ServerOptions options, LoadedModel? model, ServerParts parts)
    {
        var catalog = new ModelCatalog(options.Catalog, parts.Time);
        services.AddSingleton(given => new NamedAdapters(options.Adapters, given.GetRequiredService<ILogger<NamedAdapters>>()));
        services.AddSingleton(given =>
            Live(model, given.GetRequiredService<NamedAdapters>(), given.GetRequiredService<HeapCompaction>().Collect));
        var limits = parts.Engine with { Deterministic = options.Deterministic, LooksUp = options.Speculate == SpeculationChoice.Ngram };
        services.AddSingleton(given => new Engine(given.GetRequiredService<LiveModel>(), limits, parts.Time));
        services.AddSingleton(catalog).AddSingleton<VersionList>().AddSingleton<PointerMoves>();
        services.AddSingleton<AuditKeeper>().AddHostedService(given => given.GetRequiredService<AuditKeeper>());
        services.AddSingleton(_ => new ModelNames(catalog)).AddSingleton<ModelLeases>();
        services.AddSingleton<VersionAdapters>().AddSingleton<Trials>().AddSingleton<TrialFollower>();
        services.AddSingleton<ModelCards>();
        services.AddSingleton(parts).AddSingleton<SwapChoice>().AddSingleton<ModelSwap>().AddSingleton<ModelWatcher>();
        services.AddHostedService(given => given.GetRequiredService<ModelWatcher>());
    }

    static void AddEncoders(IServiceCollection services, Encoders encoders)
    {
        services.AddSingleton(given => new EncoderModels(encoders, given.GetRequiredService<LiveModel>()));
        services.AddSingleton<ServedStates>().AddSingleton<Embedder>().AddSingleton<Reranker>().AddSingleton<AnswerRewards>();
    }

    static void AddChat(IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<Failures>();
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton<GenerationMetrics>().AddSingleton<Generations>();
        services.AddSingleton<GenAiTelemetry>();
        services.AddSingleton(given => new RequestLog(given.GetRequiredService<ILogger<RequestLog>>(), options));
        services.AddSingleton<PreparationQueue>();
        services.AddSingleton<RequestReader>();
        services.AddSingleton<PromptBuilder>();
        services.AddSingleton(_ => new GrammarCache());
        services.AddSingleton<WishedGrammars>();
        services.AddSingleton<ChatStarter>().AddSingleton<TranslatedChats>().AddSingleton<CompletionStarter>();
        services.AddSingleton<TokenRequests>().AddSingleton<ChatKeeper>();
        services.AddResponses();
        var documents = options.Documents is { } folder ? new DocumentsPlugin(PassageIndex.FromFolder(folder)) : null;
        services.AddSingleton(_ => new PassageSource(documents));
    }

    static void AddTrainer(IServiceCollection services, ServerOptions options, Starter starter)
    {
        if (!options.WithTrainer || TrainerProgram.Find(AppContext.BaseDirectory) is not { } program) return;
        services.AddHostedService(given => new TrainerChild(
            () => TrainerStart.Of(program, options, starter, given.GetRequiredService<ModelCatalog>()),
            given.GetRequiredService<ServerMetrics>(), given.GetRequiredService<IHostApplicationLifetime>(),
            given.GetRequiredService<TimeProvider>(), given.GetRequiredService<ILogger<TrainerChild>>()));
    }

    static LiveModel Live(LoadedModel? model, NamedAdapters adapters, Action freed)
    {
        var live = new LiveModel(freed);
        if (model is null) return live;
        adapters.Put(model);
        live.Swap(model);
        return live;
    }

    // A little before the host closes connections, so that clients still reading are told why. Until then whatever came in before the
    // listener closed is answered: a proxy that does not know yet hands a refusal on to its client.
    static void DrainBeforeTheCut(this WebApplication app, ServerParts parts)
    {
        var (engine, stopped) = (app.Services.GetRequiredService<Engine>(), app.Lifetime.ApplicationStopped);
        app.Lifetime.ApplicationStopping.Register(() => _ = DrainAsync());

        async Task DrainAsync()
        {
            await Task.Delay(parts.DrainWindow * 0.9, parts.Time, stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stopped.IsCancellationRequested) await engine.StopAsync();
        }
    }
}
