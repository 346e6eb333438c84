// What keeps vector stores, reads their files in the background and searches them. Knows no endpoint.
using Majlis.Server.Wire;

namespace Majlis.Server.VectorStores;

static class VectorStoreServices
{
    public static void AddVectorStores(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(given => new StoreRecords(options.Data, given.GetRequiredService<IdSource>(),
            given.GetRequiredService<TimeProvider>(), given.GetRequiredService<ILogger<StoreRecords>>()));
        services.AddSingleton<StoreFiles>().AddSingleton<StoreSearch>();
        services.AddSingleton<StoreReader>().AddHostedService(given => given.GetRequiredService<StoreReader>());
    }
}
