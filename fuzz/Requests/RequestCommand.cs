// `fuzz requests [COUNT] [SEED]`: damaged requests to a server of the starter in this process. What is found is kept in files.
using System.Globalization;
using Majlis.Server;

namespace Majlis.fuzz.Requests;

static class RequestCommand
{
    const int UsualCount = 100_000;

    static readonly TimeSpan longest = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : UsualCount;
        var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
        if (ServerParts.Real.Starter.Folder is not { } starter)
        {
            await Console.Error.WriteLineAsync(ServerParts.Real.Starter.Absence);
            return 2;
        }
        var data = Directory.CreateTempSubdirectory("majlis-fuzz-").FullName;
        var options = new ServerOptions { Urls = "http://127.0.0.1:0", Data = data, Catalog = Path.Combine(data, "catalog") };
        Environment.SetEnvironmentVariable("Logging__LogLevel__Default", "Warning");
        try
        {
            await using var app = ServerApp.Build(options, ServerParts.Real.Open(starter, "starter", new()), ServerParts.Real);
            await app.StartAsync();
            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = longest };
            var seeds = await RequestSeeds.MakeAsync(http, CancellationToken.None);
            var (statuses, findings) = await new RequestFuzz(http, seeds).RunAsync(count, seed, CancellationToken.None);
            await app.StopAsync();
            Keep(findings);
            Console.WriteLine($"fuzz: {count} requests to {seeds.Select(each => (each.Method, each.Path)).Distinct().Count()} endpoints, "
                + string.Join(", ", statuses.OrderBy(status => status.Key).Select(status => $"{status.Value} with {status.Key}"))
                + $", {findings.Count} findings.");
            return findings.Count == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    static void Keep(List<RequestFinding> findings)
    {
        var kept = Directory.CreateDirectory(Path.Combine("artifacts", "fuzz")).FullName;
        foreach (var (index, finding) in findings.Index())
        {
            var file = Path.Combine(kept, $"request-{index + 1}.txt");
            File.WriteAllText(file, $"{finding.What}\n\n{finding.Request}\n");
            Console.Error.WriteLine($"{file}: {finding.What}");
        }
    }
}
