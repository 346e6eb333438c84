// `rollback`: points the catalogue back to the previous version, or, behind the first promotion, to none; servers follow within seconds.
// Knows no weights.
using System.CommandLine;
using Majlis.CommandLine;
using Majlis.Model.Catalog;
using Majlis.Text;

namespace Majlis.Trainer;

static class RollbackCommand
{
    /// <param name="catalog">The trainer's option of that name.</param>
    public static Command Build(HostOption<string> catalog)
    {
        catalog.Recursive = true;
        var reason = new Option<string?>("--reason") { HelpName = "TEXT", Description = "Why; it is kept in the catalogue's audit." };
        var command = new Command("rollback", "Points the catalogue back to the previous version.") { reason };
        command.SetAction(parsed => Run(new ModelCatalog(parsed.GetValue(catalog)!, TimeProvider.System), parsed.GetValue(reason)));
        return command;
    }

    static int Run(ModelCatalog catalog, string? reason)
    {
        try
        {
            var state = catalog.State();
            if (state is { Previous: null, Current: null }) return Refuse($"{catalog.Folder} has no previous version to roll back to.");
            if (state.Previous is { } previous) catalog.Verify(previous);
            var by = $"{Environment.UserName}@{Environment.MachineName}";
            if (!catalog.TrySwap(state, state.RollBack(), new(by, MoveNote.Rollback, reason)))
                return Refuse("Another process moved the pointer meanwhile; look and try again.");
            Console.WriteLine($"current: {state.Previous ?? "none (servers go back to the model they were started with)"}, "
                + $"previous: {state.Current}");
            return 0;
        }
        catch (Exception wrong) when (wrong is ModelFormatException or IOException or UnauthorizedAccessException)
        {
            return Refuse(wrong.Message);
        }
    }

    static int Refuse(string why)
    {
        Console.Error.WriteLine(why);
        return (int)TrainerExit.Failed;
    }
}
