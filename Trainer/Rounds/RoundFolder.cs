// A round's results on disk, stage by stage. A finished stage is never repeated; a killed one leaves no trace.
// The results hold users' texts, so only the owner may read them. Knows names and JSON, not what the stages do.
using System.Text.Json;
using Majlis.Feedback.Store;
using Majlis.Model;
using Majlis.Text;

namespace Majlis.Trainer.Rounds;

/// <param name="path">The round's folder.</param>
/// <param name="afterStage">Called with a stage's name once its result is durable, and with <c>name?</c> just before it begins.</param>
public sealed class RoundFolder(string path, Action<string> afterStage)
{
    public string Path => path;

    public string File(string name) => System.IO.Path.Combine(path, name);

    public bool Has(string stage) => System.IO.File.Exists(File(stage + ".json"));

    /// <exception cref="RoundConflictException">The file is damaged.</exception>
    public T Read<T>(string stage)
    {
        var file = File(stage + ".json");
        try
        {
            return JsonSerializer.Deserialize<T>(System.IO.File.ReadAllBytes(file), TrainerJson.Stages)
                ?? throw new JsonException("it holds null");
        }
        catch (JsonException damage)
        {
            throw new RoundConflictException(
                $"{file} is damaged: {JsonDamage.Of(damage)}. "
                    + $"Delete the folder {path} to begin the round anew; its votes are in the store.", damage);
        }
    }

    /// <summary>The stage's result: read if it is there, else made, written aside, flushed and renamed.</summary>
    public async Task<T> OnceAsync<T>(string stage, Func<Task<T>> make)
    {
        if (Has(stage)) return Read<T>(stage);
        PrivateFolder.Create(path);
        afterStage(stage + "?");
        var result = await make();
        Replace(stage, result);
        return result;
    }

    /// <summary>Writes a result over any older one; it is durable on return.</summary>
    public void Replace<T>(string stage, T result)
    {
        PrivateFolder.Create(path);
        DurableFiles.Replace(File(stage + ".json"), JsonSerializer.SerializeToUtf8Bytes(result, TrainerJson.Stages));
        _ = PrivateFolder.Tighten(path);
        afterStage(stage);
    }

    public Task<T> OnceAsync<T>(string stage, Func<T> make) => OnceAsync(stage, () => Task.FromResult(make()));
}
