// What keeps files and uploads. Knows no endpoint.
using Majlis.Server.Wire;

namespace Majlis.Server.Files;

static class FileServices
{
    public static void AddFiles(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(given => new FileStore(options.Data, given.GetRequiredService<IdSource>(),
            given.GetRequiredService<TimeProvider>(), given.GetRequiredService<ILogger<FileStore>>()));
        services.AddSingleton(given => new UploadStore(options.Data, given.GetRequiredService<FileStore>(),
            given.GetRequiredService<IdSource>(), given.GetRequiredService<TimeProvider>(),
            given.GetRequiredService<ILogger<UploadStore>>()));
        services.AddSingleton<UploadJoin>();
    }
}
