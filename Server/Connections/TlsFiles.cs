// The certificate and the key that --tls-certificate and --tls-key name, read and checked. Knows no connection.
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Majlis.Server.Connections;

/// <summary>The pair cannot be used; the message names the option, the file and what was expected.</summary>
sealed class TlsFilesException(string message) : Exception(message);

/// <param name="Certificate">PEM: the server's own certificate first, then the intermediates that clients need.</param>
/// <param name="Key">PEM: its private key, without a passphrase.</param>
public sealed record TlsFiles(string Certificate, string Key)
{
    const string CertificateOption = "--tls-certificate";
    const string KeyOption = "--tls-key";

    /// <summary>Null where neither file is named.</summary>
    internal static TlsFiles? Of(ServerOptions options) =>
        options is { TlsCertificate: { } certificate, TlsKey: { } key } ? new(certificate, key) : null;

    /// <summary>What is wrong with the two options, a line each.</summary>
    internal static IEnumerable<string> Problems(ServerOptions options)
    {
        (string Option, string Url)[] secure =
        [
            .. options.Addresses.Where(IsSecure).Select(url => ("--urls", url)),
            .. options.InternalAddresses.Where(IsSecure).Select(url => ("--internal-urls", url)),
        ];
        if (options.TlsCertificate is null != options.TlsKey is null)
        {
            yield return options.TlsKey is null ? $"{CertificateOption}: {KeyOption} must name its key." :
                $"{KeyOption}: {CertificateOption} must name its certificate.";
            yield break;
        }
        if (Of(options) is not { } files)
        {
            if (secure.Length > 0) yield return $"{secure[0].Option}: '{secure[0].Url}' needs {CertificateOption} and {KeyOption}.";
            yield break;
        }
        if (secure.Length == 0)
            yield return $"{CertificateOption}: no address of --urls or --internal-urls begins with https://, so it would have no effect.";
        if (files.Problem() is { } problem) yield return problem;
    }

    static bool IsSecure(string url) => url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    string? Problem()
    {
        try
        {
            Load(Read());
            return null;
        }
        catch (TlsFilesException wrong)
        {
            return wrong.Message;
        }
    }

    /// <summary>The text of both files.</summary>
    /// <exception cref="TlsFilesException">One cannot be read.</exception>
    internal (string Certificate, string Key) Read() => (Text(Certificate, CertificateOption), Text(Key, KeyOption));

    /// <summary>What a handshake presents.</summary>
    /// <exception cref="TlsFilesException">They are no pair.</exception>
    internal SslStreamCertificateContext Load((string Certificate, string Key) read)
    {
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(read.Certificate);
        }
        catch (CryptographicException broken)
        {
            throw new TlsFilesException($"{CertificateOption}: '{Certificate}' holds a certificate that cannot be read: {broken.Message}");
        }
        if (chain.Count == 0) throw new TlsFilesException($"{CertificateOption}: '{Certificate}' holds no certificate in PEM.");
        if (KeyProblem(read.Key) is { } problem) throw new TlsFilesException($"{KeyOption}: '{Key}' {problem}");
        try
        {
            var own = X509Certificate2.CreateFromPem(read.Certificate, read.Key);
            chain.RemoveAt(0);
            // Offline: nothing is fetched during a handshake; the intermediates come from the file.
            return SslStreamCertificateContext.Create(own, chain, offline: true);
        }
        catch (Exception mismatch) when (mismatch is CryptographicException or ArgumentException)
        {
            throw new TlsFilesException(
                $"{KeyOption}: the key in '{Key}' does not fit the certificate in '{Certificate}'; both must come from the same request.");
        }
    }

    static string? KeyProblem(string pem) =>
        !PemEncoding.TryFind(pem, out var fields) || !pem[fields.Label].EndsWith("PRIVATE KEY", StringComparison.Ordinal)
            ? "holds no private key in PEM."
        : pem[fields.Label].StartsWith("ENCRYPTED", StringComparison.Ordinal)
            || pem.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)
            ? "holds an encrypted key; one without a passphrase is expected, readable for this user only." : null;

    static string Text(string path, string option)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new TlsFilesException($"{option}: '{path}' cannot be read: {unreadable.Message}");
        }
    }
}
