// `erase VOTER`: removes everything stored of one voter from the vote store. Knows no battle.
using System.CommandLine;
using Majlis.CommandLine;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.Server.Access.Commands;
using Majlis.Server.Arena;

namespace Majlis.Server;

static class EraseCommand
{
    /// <param name="data">The server's option --data: the folder of the store's address and the voters' key.</param>
    /// <param name="redis">The server's option --redis.</param>
    /// <param name="passwordFile">The server's option --redis-password-file.</param>
    /// <param name="password">That Redis's password, as the environment has it.</param>
    public static Command Build(HostOption<string> data, HostOption<string?> redis, HostOption<string?> passwordFile, string? password)
    {
        (data.Recursive, redis.Recursive, passwordFile.Recursive) = (true, true, true);
        var voter = new Argument<string>("voter")
        {
            HelpName = "VOTER",
            Description = $"The voter's id as it is kept with votes, or the value of their cookie '{VoterCookie.Name}'.",
        };
        var command = new Command("erase", "Erases prompts, answers and votes of one voter; the server that keeps them must be running.")
        {
            voter,
        };
        command.SetAction(parsed => RunAsync(parsed.GetValue(voter)!, parsed.GetValue(data)!,
            new RedisLogin(parsed.GetValue(redis), password, parsed.GetValue(passwordFile))));
        return command;
    }

    static async Task<int> RunAsync(string voter, string data, RedisLogin login)
    {
        if (login.Problems().FirstOrDefault() is { } problem) return await RefuseAsync(problem);
        if (login.Redis is null && RedisAddress.TryRead(data) is null)
            return await RefuseAsync($"{data} names no store: start the server with this --data, or name its --redis.");
        await using var connection = new RedisConnection(
            new RedisOptions { Redis = login.Redis, Password = login.Secret(), DataFolder = data });
        var erased = await new VoterErasure(connection, TimeProvider.System).EraseAsync(VoterCookie.VoterOf(voter, VoterHash.Open(data)),
            new(CommandStore.By));
        if (erased.Count == 0) return await RefuseAsync("Nothing is kept of this voter; is it the id, or the whole value of the cookie?");
        Console.WriteLine(
            $"erased: {erased.Count} battles, votes and kept replies. Versions trained on them stay; a manifest lists its votes by id. "
            + "Files and vector stores on a server go with DELETE /v1/arena/voters/ID there.");
        return 0;
    }

    static async Task<int> RefuseAsync(string why)
    {
        await Console.Error.WriteLineAsync(why);
        return 1;
    }
}
