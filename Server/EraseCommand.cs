// `erase VOTER`: removes everything stored of one voter from the vote store. Knows no battle.
using System.CommandLine;
using Majlis.CommandLine;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.Server.Arena;

namespace Majlis.Server;

static class EraseCommand
{
    /// <param name="data">The server's option --data: the folder of the store's address and the voters' key.</param>
    /// <param name="redis">The server's option --redis.</param>
    public static Command Build(HostOption<string> data, HostOption<string?> redis)
    {
        (data.Recursive, redis.Recursive) = (true, true);
        var voter = new Argument<string>("voter")
        {
            HelpName = "VOTER",
            Description = $"The voter's id as it is kept with votes, or the value of their cookie '{VoterCookie.Name}'.",
        };
        var command = new Command("erase", "Erases prompts, answers and votes of one voter; the server that keeps them must be running.")
        {
            voter,
        };
        command.SetAction(parsed => RunAsync(parsed.GetValue(voter)!, parsed.GetValue(data)!, parsed.GetValue(redis)));
        return command;
    }

    static async Task<int> RunAsync(string voter, string data, string? redis)
    {
        if (redis is null && RedisAddress.TryRead(data) is null)
        {
            await Console.Error.WriteLineAsync($"{data} names no store: start the server with this --data, or name its --redis.");
            return 1;
        }
        await using var connection = new RedisConnection(new RedisOptions { Redis = redis, DataFolder = data });
        var erased = await new VoterErasure(connection, TimeProvider.System).EraseAsync(VoterCookie.VoterOf(voter, VoterHash.Open(data)));
        Console.WriteLine($"erased: {erased} battles and votes. Versions trained on them stay; a manifest lists its votes by id.");
        return 0;
    }
}
