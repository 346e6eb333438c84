// `pull ORG/NAME[:QUANT][@revision]`: brings a model and says how it goes.
namespace Majlis.Hub;

public static class HubPull
{
    /// <summary>Runs the command; the exit code. Ctrl-C stops it, and the next pull goes on where it was.</summary>
    /// <param name="args">What follows the word `pull`.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        if (args is not [var name] || name.StartsWith('-'))
        {
            Console.Error.WriteLine("usage: pull ORG/NAME[:QUANT][@revision]");
            return 2;
        }
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            stop.Cancel();
        };
        try
        {
            var path = await HubModel.ResolveAsync(name, Say, stop.Token);
            Console.Error.WriteLine();
            Console.WriteLine(path);
            return 0;
        }
        catch (HubException error)
        {
            Console.Error.WriteLine($"\n{error.Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("\nstopped; what came is kept, and the next pull goes on from there.");
            return 130;
        }
    }

    /// <summary>One line that is written over on a terminal, lines elsewhere.</summary>
    static void Say(string line)
    {
        if (Console.IsErrorRedirected) Console.Error.WriteLine(line);
        else Console.Error.Write($"\r{line,-70}");
    }
}
