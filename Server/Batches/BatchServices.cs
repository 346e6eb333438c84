// What keeps batches and answers them in the background. Knows no endpoint.
using Majlis.Server.Wire;

namespace Majlis.Server.Batches;

static class BatchServices
{
    public static void AddBatches(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(given => new BatchStore(options.Data, given.GetRequiredService<IdSource>(),
            given.GetRequiredService<TimeProvider>(), given.GetRequiredService<ILogger<BatchStore>>()));
        services.AddSingleton<BatchInput>().AddSingleton<BatchCalls>().AddSingleton<BatchRun>();
        services.AddSingleton<BatchRunner>().AddHostedService(given => given.GetRequiredService<BatchRunner>());
    }
}
