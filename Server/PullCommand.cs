// `pull ORG/NAME[:QUANT][@revision]`: downloads a model from the hub and shows the progress.
using System.CommandLine;
using Majlis.CommandLine;
using Majlis.Hub;

namespace Majlis.Server;

static class PullCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("name")
        {
            HelpName = "ORG/NAME[:QUANT][@revision]",
            Description = "A model of the Hugging Face hub.",
        };
        var command = new Command("pull", "Brings a model into the cache that huggingface_hub shares, and prints its path.") { name };
        command.SetAction((parsed, stop) =>
            StatusDisplay.RunAsync(Console.Error, display => RunAsync(parsed.GetValue(name)!, display, stop)));
        return command;
    }

    /// <summary>Ctrl-C stops it; the next pull resumes.</summary>
    static async Task<int> RunAsync(string name, StatusDisplay display, CancellationToken stop)
    {
        try
        {
            Console.WriteLine(await HubModel.ResolveAsync(name, display, stop));
            return 0;
        }
        catch (HubException error)
        {
            display.Say(error.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            display.Say("stopped; what came is kept, and the next pull goes on from there.");
            return 130;
        }
    }
}
