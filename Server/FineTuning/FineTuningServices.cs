// What keeps fine-tuning jobs, trains them in the background and serves what they came to. Knows no endpoint.
using Majlis.Inference;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Server.Models;
using Majlis.Server.Wire;

namespace Majlis.Server.FineTuning;

static class FineTuningServices
{
    public static void AddFineTuning(this IServiceCollection services, ServerOptions options, Starter starter)
    {
        services.AddSingleton(given => new JobStore(options.Data, given.GetRequiredService<IdSource>(),
            given.GetRequiredService<TimeProvider>(), given.GetRequiredService<ILogger<JobStore>>()));
        services.AddSingleton(given => new TrainableModels(options, starter, given.GetRequiredService<ModelCatalog>(),
            given.GetRequiredService<LiveModel>()));
        services.AddSingleton<TunedAdapters>().AddSingleton<JobCheck>().AddSingleton<JobResult>().AddSingleton<JobRun>();
        services.AddSingleton<JobRunner>().AddHostedService(given => given.GetRequiredService<JobRunner>());
    }
}
