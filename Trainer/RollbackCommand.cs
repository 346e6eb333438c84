// `rollback`: points the catalogue back to the previous version; servers follow within seconds. Knows no weights.
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
        var command = new Command("rollback", "Points the catalogue back to the previous version.");
        command.SetAction(parsed => Run(new ModelCatalog(parsed.GetValue(catalog)!, TimeProvider.System)));
        return command;
    }

    static int Run(ModelCatalog catalog)
    {
        try
        {
            var state = catalog.State();
            if (state.Previous is not { } previous) return Refuse($"{catalog.Folder} has no previous version to roll back to.");
            catalog.Verify(previous);
            if (!catalog.TrySwap(state, state.RollBack()))
                return Refuse("Another process moved the pointer meanwhile; look and try again.");
            Console.WriteLine($"current: {previous}, previous: {state.Current}");
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
