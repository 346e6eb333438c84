// A catalogue in a temporary folder, with tiny versions.
using System.Buffers.Binary;
using System.Text;
using Majlis.Model.Catalog;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server;

sealed class TinyCatalog(string? path = null) : IDisposable
{
    public string Path { get; } = path ?? Directory.CreateTempSubdirectory("majlis-catalog-").FullName;

    /// <summary>Commits a version and makes it current; in a corrupt one a byte is changed after hashing.</summary>
    public void Promote(string version, bool corrupt = false, params string[] votes)
    {
        var catalog = new ModelCatalog(Path, TimeProvider.System);
        var draft = catalog.Begin(version);
        File.WriteAllBytes(System.IO.Path.Combine(draft.ServeFolder, "model.safetensors"), Weights(version));
        draft.Commit(new Manifest { Id = version, Votes = [.. votes] });
        if (corrupt) File.WriteAllBytes(System.IO.Path.Combine(catalog.ServePath(version), "model.safetensors"),
            Weights(version + " changed"));
        var state = catalog.State();
        Assert.True(catalog.TrySwap(state, state.Promote(version), Moves.Promote));
    }

    /// <summary>Writes a text in place of the pointer; null creates a folder there.</summary>
    public void DamageState(string? content)
    {
        var path = System.IO.Path.Combine(Path, "state.json");
        File.Delete(path);
        if (content is null) Directory.CreateDirectory(path);
        else File.WriteAllText(path, content);
    }

    /// <summary>Like a person who follows the error message: removes what is there and writes the text.</summary>
    public void MendState(string pointer)
    {
        var path = System.IO.Path.Combine(Path, "state.json");
        if (Directory.Exists(path)) Directory.Delete(path);
        File.WriteAllText(path, pointer);
    }

    // A safetensors file of one number: the header's length, the header, the number.
    static byte[] Weights(string version)
    {
        var header = Encoding.UTF8.GetBytes($"{{\"{version}\":{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}}}");
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, 0, 0, 0, 0];
    }

    // A volume's folder goes with its volume.
    public void Dispose()
    {
        if (path is null) Directory.Delete(Path, recursive: true);
    }
}
