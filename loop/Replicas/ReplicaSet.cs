// Everything that runs: three servers, a trainer, a redis-server with an append-only file, nginx in front as the Ingress configures it, one
// folder of versions. Knows how each is started and when it is ready; knows no story.
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Majlis.loop.Replicas;

sealed partial class ReplicaSet : IDisposable
{
    const int Servers = 3;
    const string Ingress = "k8s/base/ingress.yaml";

    readonly string folder;
    readonly Daemon nginx;
    readonly Daemon trainer;
    readonly HttpClient direct = new() { Timeout = TimeSpan.FromSeconds(10) };

    public ReplicaSet(string model, string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
        var ports = FreePorts(Servers + 2);
        (Addresses, Front, Store) = (ports[2..], new Uri($"http://127.0.0.1:{ports[0]}"), $"127.0.0.1:{ports[1]}");
        Redis = Make("redis-server", "redis-server", "--port", $"{ports[1]}", "--bind", "127.0.0.1", "--dir", folder,
            "--appendonly", "yes", "--appendfsync", "always", "--save", "");
        Each = [.. Addresses.Select((port, index) => Make($"server {index + 1}", Program("Server"), "--model", model, "--catalog", Catalog,
            "--data", Path.Combine(folder, $"data{index + 1}"), "--redis", Store, "--urls", $"http://127.0.0.1:{port}",
            "--voters", "scripted"))];
        trainer = Make("trainer", Program("Trainer"), "--model", model, "--catalog", Catalog, "--data", Path.Combine(folder, "data"),
            "--redis", Store, "--votes", "1000000");
        File.WriteAllText(Path.Combine(folder, "nginx.conf"), Configuration(ports[0]));
        nginx = Make("nginx", "nginx", "-p", folder, "-c", Path.Combine(folder, "nginx.conf"), "-e", "stderr");
        direct.DefaultRequestHeaders.Authorization = new("Bearer", Key);
    }

    public string Catalog => Path.Combine(folder, "catalog");
    public string Store { get; }
    public Uri Front { get; }
    public string Key { get; } = RandomNumberGenerator.GetHexString(48, lowercase: true);
    public Daemon Redis { get; }
    public IReadOnlyList<Daemon> Each { get; }
    IReadOnlyList<int> Addresses { get; }

    /// <summary>How nginx names a server.</summary>
    public string AddressOf(Daemon server) => $"127.0.0.1:{Addresses[Each.ToList().IndexOf(server)]}";

    public async Task StartAsync()
    {
        Redis.Start();
        await RedisReadyAsync();
        foreach (var server in Each) server.Start();
        foreach (var server in Each) await ReadyAsync(server);
        trainer.Start();
        nginx.Start();
        await nginx.UntilAsync(() => HoldsAsync(new Uri(Front, "/v1/models"), reply => reply.IsSuccessStatusCode));
    }

    public Task ReadyAsync(Daemon server) =>
        server.UntilAsync(() => HoldsAsync(new Uri($"http://{AddressOf(server)}/health/ready"), reply => reply.IsSuccessStatusCode));

    /// <summary>Ready: it answers, also that it wants no stranger.</summary>
    public Task RedisReadyAsync() => Redis.UntilAsync(async () =>
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPEndPoint.Parse(Store));
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
            return new StreamReader(client.GetStream()).ReadLine() == "+PONG";
        }
        catch (Exception away) when (away is SocketException or IOException)
        {
            return false;
        }
    });

    /// <summary>The version that a server serves as <c>current</c>.</summary>
    public async Task<string?> ServedByAsync(Daemon server)
    {
        using var models = JsonDocument.Parse(await direct.GetStringAsync($"http://{AddressOf(server)}/v1/models"));
        return models.RootElement.GetProperty("data").EnumerateArray()
            .First(card => card.GetProperty("id").GetString() == "current").GetProperty("version").GetString();
    }

    public void Dispose()
    {
        direct.Dispose();
        foreach (var daemon in Each.Append(nginx).Append(trainer).Append(Redis)) daemon.Dispose();
    }

    Daemon Make(string name, string program, params string[] arguments) => new(name, program, arguments,
        Path.Combine(folder, name.Replace(' ', '-') + ".log"), new Dictionary<string, string> { ["MAJLIS_ADMIN_KEY"] = Key });

    async Task<bool> HoldsAsync(Uri address, Func<HttpResponseMessage, bool> check)
    {
        try
        {
            using var reply = await direct.GetAsync(address);
            return check(reply);
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>The Ingress's own way of choosing a replica, and its rule that only an unsent request may go to another one.</summary>
    string Configuration(int port) => $$"""
        daemon off;
        worker_processes 1;
        pid {{folder}}/nginx.pid;
        events { worker_connections 1024; }
        http {
            access_log off;
            client_body_temp_path {{folder}}/nginx-body;
            proxy_temp_path {{folder}}/nginx-proxy;
            fastcgi_temp_path {{folder}}/nginx-fastcgi;
            uwsgi_temp_path {{folder}}/nginx-uwsgi;
            scgi_temp_path {{folder}}/nginx-scgi;
            upstream majlis {
                {{Choice().Match(File.ReadAllText(Ingress)).Groups[1].Value}};
                {{string.Join(' ', Addresses.Select(address => $"server 127.0.0.1:{address} max_fails=1 fail_timeout=1s;"))}}
            }
            server {
                listen 127.0.0.1:{{port}};
                client_max_body_size 16m;
                location / {
                    proxy_pass http://majlis;
                    proxy_http_version 1.1;
                    proxy_set_header Host $http_host;
                    proxy_buffering off;
                    proxy_read_timeout 600s;
                    proxy_next_upstream error;
                    add_header X-Replica $upstream_addr always;
                }
            }
        }
        """;

    static string Program(string host) => Path.GetFullPath($"artifacts/bin/{host}/release/Majlis.{host}");

    // All are held until all are known, so that none is given twice.
    static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }

    [GeneratedRegex(@"nginx\.org/lb-method: (hash .*)")]
    private static partial Regex Choice();
}
