// `key add|list|revoke|invite`: keys and invitations in the store, beside a running server or with none. Other classes do each.
using System.CommandLine;
using Majlis.CommandLine;
using Majlis.Feedback.Store;

namespace Majlis.Server.Access.Commands;

static class KeyCommand
{
    /// <param name="data">The server's option --data.</param>
    /// <param name="redis">The server's option --redis.</param>
    /// <param name="passwordFile">The server's option --redis-password-file.</param>
    /// <param name="password">That Redis's password, as the environment has it.</param>
    public static Command Build(HostOption<string> data, HostOption<string?> redis, HostOption<string?> passwordFile, string? password)
    {
        (data.Recursive, redis.Recursive, passwordFile.Recursive) = (true, true, true);
        return new Command("key", "Adds, lists and revokes keys, and invites people.")
        {
            Add(StoreAsync), List(StoreAsync), Revoke(StoreAsync), Invite(StoreAsync),
        };

        Task<CommandStore> StoreAsync(ParseResult parsed) => CommandStore.OpenAsync(parsed.GetValue(data)!,
            new RedisLogin(parsed.GetValue(redis), password, parsed.GetValue(passwordFile)));
    }

    static Command Add(Func<ParseResult, Task<CommandStore>> open)
    {
        var name = new Argument<string>("name") { HelpName = "NAME", Description = "Whose key it is." };
        var role = Option("--role", $"What it may do: {string.Join(", ", Roles.All)}, or several with commas.", required: true);
        var requests = Option("--requests-per-minute", "Requests a minute; without it no limit of its own.");
        var concurrent = Option("--concurrent", "Requests at the same time; without it no limit of its own.");
        var expires = Option("--expires", "The last day (2027-01-31, in UTC) or the moment (2027-01-31T12:00Z) it is good for.");
        var command = new Command("add", "Adds a key and prints it, once.") { name, role, requests, concurrent, expires };
        command.SetAction(parsed => RunAsync(() => KeyWish.Read(parsed.GetValue(name)!, parsed.GetValue(role), parsed.GetValue(expires),
            TimeProvider.System.GetUtcNow()) with
        {
            RequestsPerMinute = KeyWish.Count(requests.Name, parsed.GetValue(requests)),
            Concurrent = KeyWish.Count(concurrent.Name, parsed.GetValue(concurrent)),
        }, () => open(parsed), (wish, store) => store.AddAsync(wish)));
        return command;
    }

    static Command Invite(Func<ParseResult, Task<CommandStore>> open)
    {
        var uses = Option("--uses", "How many raters may sign in with it.", required: true);
        var expires = Option("--expires", "The last day or the moment it opens sessions; those then last 30 days.", required: true);
        var command = new Command("invite", "Prints the path of an invitation link for chatting and rating, once.") { uses, expires };
        command.SetAction(parsed => RunAsync(
            () => KeyWish.Invitation(KeyWish.Count(uses.Name, parsed.GetValue(uses)), parsed.GetValue(expires),
                TimeProvider.System.GetUtcNow()),
            () => open(parsed), (wish, store) => store.AddAsync(wish)));
        return command;
    }

    static Command List(Func<ParseResult, Task<CommandStore>> open)
    {
        var command = new Command("list", "Lists keys and invitations; their texts are not kept.");
        command.SetAction(parsed => RunAsync(() => KeyWish.None, () => open(parsed), (_, store) => store.ListAsync()));
        return command;
    }

    static Command Revoke(Func<ParseResult, Task<CommandStore>> open)
    {
        var name = new Argument<string>("name") { HelpName = "NAME", Description = "The name of a key or an invitation." };
        var reason = new Option<string?>("--reason") { HelpName = "TEXT", Description = "Why; it is kept in the audit of keys." };
        var command = new Command("revoke", "Revokes a key or an invitation, and ends its sessions.") { name, reason };
        command.SetAction(parsed => RunAsync(() => KeyWish.None, () => open(parsed),
            (_, store) => store.RevokeAsync(parsed.GetValue(name)!, parsed.GetValue(reason))));
        return command;
    }

    static Option<string?> Option(string name, string what, bool required = false) =>
        new(name) { Description = what, HelpName = name == "--expires" ? "DATE" : name == "--role" ? "ROLE" : "N", Required = required };

    static async Task<int> RunAsync(Func<KeyWish> read, Func<Task<CommandStore>> open, Func<KeyWish, CommandStore, Task<int>> run)
    {
        try
        {
            var wish = read();
            await using var store = await open();
            return await run(wish, store);
        }
        catch (FormatException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return HostCommand.WrongOptions;
        }
    }
}
