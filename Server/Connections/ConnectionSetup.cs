// Where the server listens and how connections begin and end: addresses, TLS, limits, proxies. Other classes do each part.
namespace Majlis.Server.Connections;

static class ConnectionSetup
{
    public static void AddConnections(this WebApplicationBuilder builder, ServerOptions options, ConnectionLimits limits)
    {
        builder.WebHost.UseUrls([.. options.Addresses, .. options.InternalAddresses]);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(limits.Configure);
        builder.Services.AddSingleton(given => new AddressLimit(limits.MostOfClient, ProxyNetworks.Read(options.BehindProxy),
            given.GetRequiredService<ILogger<AddressLimit>>()));
        if (TlsFiles.Of(options) is not { } files) return;
        builder.WebHost.ConfigureKestrel(TlsCertificates.Configure);
        builder.Services.AddSingleton(given => new TlsCertificates(files, given.GetRequiredService<TimeProvider>(),
            given.GetRequiredService<ILogger<TlsCertificates>>()));
        builder.Services.AddHostedService(given => given.GetRequiredService<TlsCertificates>());
    }
}
