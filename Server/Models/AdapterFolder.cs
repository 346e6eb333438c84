// An adapter's folder, in peft's format, on a model: served under a name, or the model knows why not. Knows no request and not where
// folders come from.
using System.Security.Cryptography;
using System.Text;
using Majlis.Inference;
using Majlis.Model.Adapters;
using Majlis.Model.Hashes;
using Majlis.Server.Operations;
using Majlis.Text;

namespace Majlis.Server.Models;

/// <param name="Path">Of the folder.</param>
/// <param name="Root">What clients are told of where the numbers come from.</param>
sealed record AdapterFolder(string Path, string Root)
{
    /// <summary>Serves it under a name. What does not fit the model is logged, and requests for the name are told why.</summary>
    /// <param name="check">Throws what stands against it, before a file is read.</param>
    public void Serve(string name, LoadedModel model, ILogger log, Action? check = null)
    {
        try
        {
            check?.Invoke();
            model.Adapters.Add(name, LowRankAdapter.Open(Path, model.Network.Blueprint),
                new(ModelNames.With(model.Version, name), Hash(model.WeightsHash), Root));
            log.AdapterServed(name, model.Version, Path);
        }
        catch (Exception broken) when (broken is ModelFormatException or IOException or UnauthorizedAccessException
            or NotSupportedException)
        {
            model.Adapters.Refuse(name, broken.Message);
            log.AdapterLeftOut(name, model.Version, broken.Message);
        }
    }

    /// <summary>Of weights with this adapter on them.</summary>
    string Hash(string weights)
    {
        var files = FileHash.OfAll(new[] { AdapterConfig.FileName, LowRankAdapter.FileName }
            .Select(file => System.IO.Path.Combine(Path, file)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{weights}+{files}")));
    }
}
