// The numbered folders of rounds under the catalogue, hidden from the list of versions. Knows names only.
using System.Globalization;
using Majlis.Evaluation;
using Majlis.Feedback.Store;

namespace Majlis.Trainer.Rounds;

public static class RoundFolders
{
    const string Hidden = ".rounds";

    /// <summary>
    /// Keeps other trainers off the catalogue's rounds. The lock dies with its holder, so a killed trainer blocks nobody. Also closes to
    /// other users what an earlier trainer left open to them.
    /// </summary>
    /// <exception cref="RoundConflictException">Another trainer works there, or nothing can be written there.</exception>
    public static FileStream Lock(string catalog)
    {
        var root = Path.Combine(Path.GetFullPath(catalog), Hidden);
        var path = Path.Combine(root, "lock");
        try
        {
            Directory.CreateDirectory(catalog);
            PrivateFolder.Create(root);
            var held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            _ = PrivateFolder.Tighten(root); // A volume without modes keeps nothing private; the trainer still works there.
            return held;
        }
        catch (IOException error) when (File.Exists(path) && CanBeWritten(path))
        {
            throw new RoundConflictException(
                $"Another trainer works on the rounds in {root}; give this one another catalogue, or end the other.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RoundConflictException($"The rounds in {root} cannot be written: {error.Message} The trainer needs a catalogue " +
                "that it may write to; name one with --catalog, or give it the right.", error);
        }
    }

    /// <summary>Tells a held lock, which leaves the file itself writable, from a volume that takes no writes.</summary>
    static bool CanBeWritten(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException error)
        {
            return error.HResult != ReadOnlyVolume;
        }
    }

    /// <summary>EROFS. Windows has no such volume for a path that could be locked before.</summary>
    const int ReadOnlyVolume = 30;

    /// <summary>Start and outcome of the newest round; null where there is none or it has not ended.</summary>
    /// <exception cref="RoundConflictException">The round's files are damaged.</exception>
    public static (RoundStart Start, RoundOutcome Outcome)? LastEnded(string catalog)
    {
        var newest = Newest(Path.Combine(catalog, Hidden));
        if (newest == 0) return null;
        var folder = Folder(catalog, newest, _ => { });
        return folder.Has("end") && folder.Has("start") ? (folder.Read<RoundStart>("start"), folder.Read<RoundOutcome>("end")) : null;
    }

    /// <summary>Whether no round was ever begun.</summary>
    public static bool IsEmpty(string catalog) => Newest(Path.Combine(catalog, Hidden)) == 0;

    /// <summary>How many rounds ended in a refusal since one was promoted; rounds that lacked evidence do not count.</summary>
    /// <exception cref="RoundConflictException">A round's files are damaged.</exception>
    public static int RefusedInARow(string catalog)
    {
        var refused = 0;
        for (var number = Newest(Path.Combine(catalog, Hidden)); number > 0; number--)
        {
            var folder = Folder(catalog, number, _ => { });
            if (!folder.Has("end")) continue;
            var outcome = folder.Read<RoundOutcome>("end");
            if (outcome.Promoted) break;
            if (outcome.Decision == GateDecision.Refuse) refused++;
        }
        return refused;
    }

    /// <summary>The newest round if it has not ended, else a new one.</summary>
    public static RoundFolder Open(string catalog, Action<string> afterStage) => UnderWay(catalog, afterStage)
        ?? Folder(catalog, Newest(Path.Combine(catalog, Hidden)) + 1, afterStage);

    /// <summary>The newest round if it has not ended.</summary>
    public static RoundFolder? UnderWay(string catalog, Action<string> afterStage) =>
        Newest(Path.Combine(catalog, Hidden)) is > 0 and var newest && Folder(catalog, newest, afterStage) is var last && !last.Has("end")
            ? last : null;

    static int Newest(string root) => !Directory.Exists(root) ? 0 : Directory.EnumerateDirectories(root)
        .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
        .DefaultIfEmpty().Max();

    static RoundFolder Folder(string catalog, int number, Action<string> afterStage) =>
        new(Path.Combine(catalog, Hidden, number.ToString("0000", CultureInfo.InvariantCulture)), afterStage);
}
