// The certificate that new connections get. Looks at its files every few seconds: a new pair is taken without a restart, one that is
// broken or half written is logged and the old one kept. Knows no address.
using System.Net.Security;
using Majlis.Server.Operations;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Majlis.Server.Connections;

sealed class TlsCertificates : BackgroundService
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(10);

    readonly TlsFiles files;
    readonly TimeProvider time;
    readonly ILogger<TlsCertificates> log;
    (string Certificate, string Key) seen;
    volatile SslStreamCertificateContext current;
    // Logged once, not at every look.
    string? failure;

    /// <exception cref="StartupException">The files hold no usable pair.</exception>
    public TlsCertificates(TlsFiles files, TimeProvider time, ILogger<TlsCertificates> log)
    {
        (this.files, this.time, this.log) = (files, time, log);
        try
        {
            seen = files.Read();
            current = files.Load(seen);
        }
        catch (TlsFilesException wrong)
        {
            throw new StartupException(wrong.Message);
        }
        SayUntil();
    }

    /// <summary>Every https address presents this certificate, with the intermediates of its file.</summary>
    public static void Configure(KestrelServerOptions kestrel) => kestrel.ConfigureHttpsDefaults(https =>
    {
        var certificates = kestrel.ApplicationServices.GetRequiredService<TlsCertificates>();
        // Kestrel wants a certificate or a selector; a context, which also holds the intermediates, takes the selector's place.
        https.ServerCertificateSelector = (_, _) => certificates.current.TargetCertificate;
        https.OnAuthenticate = (_, handshake) =>
        {
            handshake.ServerCertificateSelectionCallback = null;
            handshake.ServerCertificateContext = certificates.current;
        };
    });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Look();
    }

    // The content is compared, since secrets mounted into containers change by a link.
    void Look()
    {
        try
        {
            var read = files.Read();
            if (read == seen) return;
            current = files.Load(read);
            (seen, failure) = (read, null);
            SayUntil();
        }
        catch (TlsFilesException wrong)
        {
            if (failure != wrong.Message) log.CertificateKept(wrong.Message);
            failure = wrong.Message;
        }
    }

    // An expired certificate is served all the same: clients say why they refuse it, and an ended server would say nothing.
    void SayUntil()
    {
        var certificate = current.TargetCertificate;
        if (certificate.NotAfter < time.GetUtcNow().LocalDateTime) log.CertificateExpired(certificate.Subject, certificate.NotAfter);
        else log.CertificateTaken(certificate.Subject, certificate.NotAfter);
    }
}
