// TLS by Kestrel: the pair that is named is presented with its intermediates, a new one is taken while running, a broken one is not, and
// files that are no pair end the start.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Majlis.Server;
using Majlis.tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Server.Connections;

public sealed class TlsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    string Certificate => folder.File("tls.crt");

    string Key => folder.File("tls.key");

    [Fact]
    public async Task The_named_certificate_is_presented_with_its_intermediates_and_chats_are_answered_over_it()
    {
        using var root = Authority("root", null);
        using var middle = Authority("middle", root);
        Write(Leaf("first", middle), middle);
        await using var server = await StartAsync();
        Assert.Equal("CN=first CN=middle", await PresentedAsync(server));
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var client = new HttpClient(handler) { BaseAddress = server.Address, DefaultRequestVersion = HttpVersion.Version20 };
        var reply = await client.GetAsync(new Uri("/v1/models", UriKind.Relative), Stop);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (reply.StatusCode, reply.Version));
    }

    [Fact]
    public async Task A_new_pair_is_taken_while_running_and_a_broken_one_is_not()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var log = new CollectedLog();
        Write(Leaf("first"));
        await using var server = await StartAsync(parts => parts with { Time = time });
        var old = await File.ReadAllTextAsync(Key, Stop);
        Write(Leaf("second"));
        await File.WriteAllTextAsync(Key, old, Stop);
        for (var i = 0; i < 5; i++) time.Advance(TimeSpan.FromSeconds(10));
        Assert.StartsWith("CN=first", await PresentedAsync(server), StringComparison.Ordinal);

        Write(Leaf("third"));
        await Eventually.HoldsAsync("the new certificate is presented", async () =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return (await PresentedAsync(server)).StartsWith("CN=third", StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_certificate_that_does_not_fit_its_key_ends_the_start_with_a_line()
    {
        Write(Leaf("one"));
        var other = File.ReadAllText(Key);
        Write(Leaf("two"));
        File.WriteAllText(Key, other);
        Assert.Contains("does not fit the certificate", Assert.Single(Options.Problems()), StringComparison.Ordinal);
        Assert.Contains("does not fit the certificate",
            Assert.Throws<StartupException>(() => ServerApp.Build(Options, null, ServerParts.Real).Services.GetService(
                typeof(Majlis.Server.Connections.TlsCertificates))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no certificate here", null, "--tls-certificate: ", "holds no certificate in PEM")]
    [InlineData(null, "no key here", "--tls-key: ", "holds no private key in PEM")]
    [InlineData(null, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----", "--tls-key: ", "encrypted")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", null, "--tls-certificate: ", "cannot be read")]
    public void Files_that_hold_something_else_are_told(string? certificate, string? key, string option, string why)
    {
        Write(Leaf("one"));
        if (certificate is not null) File.WriteAllText(Certificate, certificate);
        if (key is not null) File.WriteAllText(Key, key);
        var problem = Assert.Single(Options.Problems());
        Assert.StartsWith(option, problem, StringComparison.Ordinal);
        Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_do_not_belong_together_are_told()
    {
        Write(Leaf("one"));
        Assert.StartsWith("--tls-key: ", Assert.Single((Options with { TlsKey = "nowhere" }).Problems()), StringComparison.Ordinal);
        Assert.StartsWith("--tls-certificate: --tls-key", Assert.Single((Options with { TlsKey = null }).Problems()),
            StringComparison.Ordinal);
        Assert.StartsWith("--tls-key: --tls-certificate", Assert.Single((Options with { TlsCertificate = null }).Problems()),
            StringComparison.Ordinal);
        Assert.StartsWith("--urls: 'https://127.0.0.1:0' needs",
            Assert.Single((Options with { TlsCertificate = null, TlsKey = null }).Problems()), StringComparison.Ordinal);
        var plain = Options with { Urls = "http://127.0.0.1:0" };
        Assert.Contains("no effect", Assert.Single(plain.Problems()), StringComparison.Ordinal);
        var inside = plain with { InternalUrls = "https://127.0.0.1:9443" };
        Assert.Empty(inside.Problems());
        Assert.StartsWith("--internal-urls: 'https://127.0.0.1:9443' needs",
            Assert.Single((inside with { TlsCertificate = null, TlsKey = null }).Problems()), StringComparison.Ordinal);
    }

    ServerOptions Options => new()
    {
        Urls = "https://127.0.0.1:0",
        Data = folder.Path,
        Redis = RunningServer.NoRedis,
        TlsCertificate = Certificate,
        TlsKey = Key,
    };

    Task<RunningServer> StartAsync(Func<ServerParts, ServerParts>? parts = null) => RunningServer.StartAsync(
        TinyModel.Of(new RecitingNetwork("x")),
        options => options with { Urls = Options.Urls, TlsCertificate = Certificate, TlsKey = Key }, parts);

    /// <summary>The subjects that a handshake presents.</summary>
    static async Task<string> PresentedAsync(RunningServer server)
    {
        string[] subjects = [];
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port, Stop);
        await using var tls = new SslStream(client.GetStream(), false, (_, certificate, chain, _) =>
        {
            subjects = [certificate!.Subject, .. chain!.ChainPolicy.ExtraStore.Select(extra => extra.Subject)];
            return true;
        });
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, Stop);
        return string.Join(' ', subjects.Distinct());
    }

    void Write(X509Certificate2 leaf, params X509Certificate2[] more)
    {
        File.WriteAllText(Certificate, string.Join('\n', more.Prepend(leaf).Select(certificate => certificate.ExportCertificatePem())));
        File.WriteAllText(Key, leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    static X509Certificate2 Authority(string name, X509Certificate2? parent) => Make(name, parent, isAuthority: true);

    static X509Certificate2 Leaf(string name, X509Certificate2? parent = null) => Make(name, parent, isAuthority: false);

    static X509Certificate2 Make(string name, X509Certificate2? parent, bool isAuthority)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        if (parent is null) return request.CreateSelfSigned(now.AddDays(-2), now.AddDays(20));
        using var signed = request.Create(parent, now.AddDays(-1), now.AddDays(10), RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }

    public void Dispose() => folder.Dispose();
}
