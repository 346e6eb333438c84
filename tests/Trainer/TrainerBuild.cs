// Where the trainer's own build lies: beside the tests lie only the libraries that ASP.NET Core does not bring, and the trainer runs
// without it.
namespace Majlis.tests.Trainer;

static class TrainerBuild
{
    public static string Program
    {
        get
        {
            var build = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(build.Parent!.Parent!.FullName, "Trainer", build.Name, "Majlis.Trainer");
        }
    }
}
